import { ArcherError, type EngineInfo, EXIT, type Manifest } from '@archer-nas/core';
import type { RunPlan } from './run-plan.ts';

/** How the engine is asked for beside the manifest; what is given here comes before it. */
export interface EngineSettings {
  /** `auto` or an engine's name; before it the manifest's `engine`, then `ARCHER_ENGINE`. */
  readonly engine?: string | undefined;
  /** The instruction-set path, `avx2` for example, for runs that go on on other machines. */
  readonly isa?: string | undefined;
  readonly precision?: EngineInfo['precision'] | undefined;
  /** At most so many threads. */
  readonly threads?: number | undefined;
}

/**
 * What the engine is asked to be. A path that the manifest pins belongs to the manifest's engine:
 * where another one is named it does not count. `ARCHER_THREADS` is this process's share of the
 * machine: nobody may ask for more.
 */
export function engineSettings(
  manifest: Manifest['engine'],
  { engine, isa, precision, threads }: EngineSettings,
  environment: NodeJS.ProcessEnv = process.env,
): EngineSettings {
  const other = engine !== undefined && manifest !== undefined && engine !== manifest.use;
  return {
    engine: engine ?? manifest?.use,
    isa: isa ?? (other ? undefined : manifest?.isa),
    precision: precision ?? manifest?.precision,
    threads: fewest(threads ?? manifest?.threads, environment.ARCHER_THREADS),
  };
}

function fewest(wanted: number | undefined, share: string | undefined): number | undefined {
  if (share === undefined || share === '') return wanted;
  if (!/^[1-9]\d*$/.test(share)) {
    throw new ArcherError('ARCHER_THREADS', `ARCHER_THREADS is "${share}".`, {
      hint: 'It is a whole number from 1: the most threads that a process may use.',
      exit: EXIT.usage,
    });
  }
  return Math.min(wanted ?? Number(share), Number(share));
}

/** Starts the engine when some plugin computes with tensors; otherwise it is not even loaded. */
export async function startPlannedEngine(
  { resolved, manifest }: Pick<RunPlan, 'resolved' | 'manifest'>,
  given: EngineSettings,
): Promise<EngineInfo | undefined> {
  if (!resolved.needsEngine) return undefined;
  const { engineChoice, startEngine } = await import('@archer-nas/engine');
  const settings = engineSettings(manifest.engine, given);
  return startEngine({ ...settings, engine: engineChoice(settings.engine) });
}
