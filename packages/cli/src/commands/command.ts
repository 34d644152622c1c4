import type { Options } from 'yargs';
import type { Output } from '../output.ts';

/** The values that yargs parsed; each command narrows them to its own options. */
export type Arguments = Readonly<Record<string, unknown>>;

/** One command of the command line. */
export interface Command<A = Arguments> {
  /** yargs notation: `run <manifest>`. */
  readonly command: string;
  readonly describe: string;
  /** Options and, by the names in `command`, positionals. */
  readonly builder: Readonly<Record<string, Options>>;
  /** For the help page: what follows `archer`, and what it does. */
  readonly examples?: readonly (readonly [line: string, what: string])[];
  /** Does it and returns the exit code. */
  run(argv: A, output: Output): Promise<number>;
}
