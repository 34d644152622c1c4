import { ArcherError, EXIT, suggestion } from '@archer-nas/core';

/** The engines, best first: the order in which `auto` tries them. */
export const ENGINES = [
  'tensorflow-gpu',
  'webgpu',
  'native',
  'native-wasm',
  'tensorflow',
  'wasm',
  'js',
] as const;

/** An engine's name. */
export type EngineName = (typeof ENGINES)[number];

/** What a user may ask for. */
export type EngineChoice = EngineName | 'auto';

/**
 * Which engine was asked for: the option (a flag, or the manifest), else the environment
 * variable `ARCHER_ENGINE`, else `auto`. Empty counts as absent.
 *
 * @throws ArcherError `ARCHER_ENGINE_UNKNOWN` for a name that is none
 */
export function engineChoice(
  option: string | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
): EngineChoice {
  if (option) return parse(option, 'the option');
  if (env.ARCHER_ENGINE) return parse(env.ARCHER_ENGINE, 'ARCHER_ENGINE');
  return 'auto';
}

function parse(name: string, source: string): EngineChoice {
  const known: readonly EngineChoice[] = ['auto', ...ENGINES];
  const found = known.find((choice) => choice === name);
  if (found) return found;
  const message = `There is no engine "${name}" (from ${source}).`;
  const hint = `${suggestion(name, known)} Engines: ${known.join(', ')}.`;
  throw new ArcherError('ARCHER_ENGINE_UNKNOWN', message, { hint, exit: EXIT.usage });
}
