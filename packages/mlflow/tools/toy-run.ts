import { join } from 'node:path';
import type { JournalLine, Manifest, Plugin } from '@archer-nas/core';
import { extend, readRun, run } from '@archer-nas/runtime';
import { lookupAmong, toyBits, toyClimb, toyOnes } from '@archer-nas/testkit';
import mlflow from '../src/index.ts';

const lookup = lookupAmong([
  ...[toyBits, toyOnes, toyClimb, mlflow],
] as unknown as readonly Plugin[]);

/** A run of the toys that a server is shown. */
export class ToyRun {
  /** A metric of every round. */
  readonly metric = 'score';
  readonly #out: string;

  constructor(out: string) {
    this.#out = out;
  }

  get #root(): string {
    return join(this.#out, 'default', 'seed-0');
  }

  /** A climb of three rounds. @param uri of the server */
  async run(name: string, uri: string): Promise<void> {
    const manifest: Manifest = {
      name,
      seeds: [0],
      space: { use: 'toy-bits', bits: 8 },
      evaluator: { use: 'toy-ones', noise: 0.5 },
      strategy: { use: 'toy-climb', rounds: 3 },
      study: [],
      profiles: {},
      expect: [],
      tracker: { use: 'mlflow', uri },
    };
    await run({ manifest, lookup, out: this.#out, dataFolder: this.#out });
  }

  async extend(rounds: number): Promise<void> {
    const settings = [`strategy.rounds=${rounds}`];
    await extend(this.#root, { settings, lookup, dataFolder: this.#out });
  }

  /** The metric by round, as the journal has it. */
  points(): [number, number][] {
    const isStep = ({ kind, event }: JournalLine) => kind === 'science' && event === 'step';
    return readRun(this.#root)
      .lines.filter(isStep)
      .map(({ at = 0, body }) => {
        const { metrics } = body as { metrics: Record<string, number> };
        return [at, metrics[this.metric] ?? Number.NaN];
      });
  }
}
