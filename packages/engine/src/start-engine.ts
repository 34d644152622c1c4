import { ArcherError, type EngineInfo, EXIT } from '@archer-nas/core';
import { type EngineCandidate, isUnavailable, type RunningEngine } from './candidates/candidate.ts';
import { js } from './candidates/js.ts';
import { native, nativeWasm } from './candidates/native.ts';
import { tensorflow, tensorflowGpu } from './candidates/tensorflow.ts';
import { wasm } from './candidates/wasm.ts';
import { webgpu } from './candidates/webgpu.ts';
import { engineChoice } from './choice.ts';
import { provideFusedKernels } from './current-fused.ts';
import type { FusedKernels } from './fused-kernels.ts';
import { tf } from './repaired.ts';

/** What to start. */
export interface StartOptions {
  /** `auto` (default) or an engine's name; see {@link engineChoice} for `ARCHER_ENGINE`. */
  readonly engine?: string | undefined;
  /** At most so many threads; absent: what the engine finds best. */
  readonly threads?: number | undefined;
  /** `f32` unless given. */
  readonly precision?: EngineInfo['precision'] | undefined;
  /** Instruction-set path, to pin one for machines that differ. */
  readonly isa?: string | undefined;
}

/** The engine that computes all tensors of this process. */
export interface StartedEngine extends EngineInfo {
  /** Absent: the library decides and does not tell. */
  readonly threads?: number | undefined;
  /** Kernels that do several operations of a training step at once; possibly none. */
  readonly fused: FusedKernels;
}

/** All engines, best first. */
export const CANDIDATES: readonly EngineCandidate[] = [
  tensorflowGpu,
  webgpu,
  native,
  nativeWasm,
  tensorflow,
  wasm,
  js,
];

let started: { readonly key: string; readonly engine: Promise<StartedEngine> } | undefined;

/**
 * Makes an engine tfjs's current backend and describes it. `auto` takes the first that
 * starts; an engine that is named never falls back to another.
 *
 * One engine per process: the same options again give the same object, also while it is
 * still starting. Other options are refused while tensors of the first engine live; before
 * any was made, or after all were disposed of, another may be started.
 *
 * @throws ArcherError `ARCHER_ENGINE_UNAVAILABLE` when the named engine does not start here,
 *   `ARCHER_ENGINE_STARTED` when another one is in use, `ARCHER_ENGINE_UNKNOWN` for a name
 *   that is none
 */
export async function startEngine(
  options: StartOptions = {},
  candidates: readonly EngineCandidate[] = CANDIDATES,
): Promise<StartedEngine> {
  const choice = engineChoice(options.engine, {});
  const key = JSON.stringify([choice, options.threads, options.precision, options.isa]);
  if (started?.key === key) return started.engine;
  if (started) await refuseWhileInUse(started.engine);
  const previous = started;
  const attempt = { key, engine: startFirst(choice, options, candidates) };
  started = attempt;
  try {
    return await attempt.engine;
  } catch (error) {
    if (started === attempt) started = previous;
    throw error;
  }
}

async function refuseWhileInUse(engine: Promise<StartedEngine>): Promise<void> {
  const tensors = tf.memory().numTensors;
  if (tensors === 0) return;
  const { class: running } = await engine;
  throw new ArcherError(
    'ARCHER_ENGINE_STARTED',
    `The engine ${running} holds ${tensors} tensors; another cannot be started beside it.`,
    { hint: 'Start the engine once per process, before anything is computed.', exit: EXIT.engine },
  );
}

async function startFirst(
  choice: string,
  options: StartOptions,
  candidates: readonly EngineCandidate[],
): Promise<StartedEngine> {
  const skipped: Skipped[] = [];
  for (const candidate of candidates) {
    if (choice !== 'auto' && candidate.name !== choice) continue;
    const answer = await candidate.start({ tf, ...options, named: choice !== 'auto' });
    if (isUnavailable(answer)) {
      skipped.push({ name: candidate.name, reason: answer.unavailable });
      continue;
    }
    provideFusedKernels(answer.fused);
    return describe(candidate.name, answer, skipped);
  }
  throw new ArcherError('ARCHER_ENGINE_UNAVAILABLE', failure(choice, skipped), {
    hint:
      options.precision === 'bf16'
        ? "Set `precision: f32` in the manifest's block `engine`: few processors compute in bf16."
        : 'Use --engine auto for the best engine that starts.',
    exit: EXIT.engine,
  });
}

/** An engine that does not run here, and why. */
interface Skipped {
  readonly name: string;
  readonly reason: string;
}

function failure(choice: string, skipped: readonly Skipped[]): string {
  if (choice === 'auto') return `No engine starts here (${list(skipped)}).`;
  return `The engine ${choice} does not start here (${skipped[0]?.reason ?? 'no such engine'}).`;
}

function list(skipped: readonly Skipped[]): string {
  return skipped.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
}

function describe(name: string, engine: RunningEngine, skipped: readonly Skipped[]): StartedEngine {
  const { version, precision, isa, reproducible, threads, fused } = engine;
  const size = threads === undefined ? '' : `, ${threads} thread${threads === 1 ? '' : 's'}`;
  const better = skipped.length > 0 ? `; not ${list(skipped)}` : '';
  return {
    name,
    version,
    precision,
    isa,
    class: [name, version, precision, isa].join('/'),
    reproducible,
    description: `${name} ${version}, ${precision}, ${isa}${size}${better}`,
    threads,
    fused,
  };
}
