import type { Options } from 'yargs';
import type { Output } from '../output.ts';

/** The values that yargs parsed; each command narrows them to its own options. */
export type Arguments = Readonly<Record<string, unknown>>;

/** One command of the command line. */
export interface Command<A = Arguments> {
  /** yargs notation: `run <manifest>`. */
  readonly command: string;
  readonly describe: string;
  readonly builder: Readonly<Record<string, Options>>;
  /** Does it and returns the exit code. */
  run(argv: A, output: Output): Promise<number>;
}
