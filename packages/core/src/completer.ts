import { z } from 'zod';
import { costRange } from './budget-bound.ts';
import { completions } from './completions.ts';
import { canKeep, costLimits, tableLimit } from './cost-limits.ts';
import { ArcherError, EXIT } from './errors.ts';
import type { Choice, SearchSpace } from './space.ts';
import type { Stream } from './stream.ts';

/** Fields of an options block that {@link completer} reads. */
export const completionFields = {
  samples: z.int().positive().default(20).describe('Z: random completions of a prefix'),
  exact: z
    .int()
    .min(0)
    .optional()
    .describe('most completions that are all scored instead of Z random ones; default Z'),
  attempts: z.int().positive().default(100).describe('R: at most R·Z draws for Z legal ones'),
  constraint: z
    .record(z.string(), z.number())
    .default({})
    .describe('largest values of costs of the space'),
  latency: z
    .strictObject({
      most: z.number().describe('the latency limit'),
      base: z.number().default(0).describe('what every architecture has'),
      table: z.array(z.array(z.number())).describe('per decision, one entry per option'),
    })
    .optional()
    .describe('a limit on Σ of a latency table, in the unit of the table; none unless stated'),
};

/** What the fields parse to. */
export type CompleterOptions = z.output<z.ZodObject<typeof completionFields>>;

/** Legal completions of several prefixes, one after the other. */
export interface CompletedPrefixes<A> {
  /** Those that have any. */
  readonly prefixes: readonly (readonly Choice[])[];
  readonly architectures: readonly A[];
  /** Which of the prefixes each architecture completes. */
  readonly of: readonly number[];
  /** How many were looked at to find them. */
  readonly tried: number;
}

/** Completes prefixes under hard limits. */
export interface Completer<A> {
  /** Whether anything is limited. */
  readonly limited: boolean;
  /** @throws ArcherError `ARCHER_CONSTRAINT` when no prefix has a legal completion */
  complete(prefixes: readonly (readonly Choice[])[], stream: Stream): CompletedPrefixes<A>;
  /** The least that a prefix can still cost, by the first limit that is a sum; 0 without one. */
  leastCost(prefix: readonly Choice[]): number;
}

/** @throws ArcherError for limits that do not fit the space */
export function completer<A>(space: SearchSpace<A>, options: CompleterOptions): Completer<A> {
  const { samples, exact = samples, attempts, constraint, latency } = options;
  const limits = costLimits(space, constraint);
  if (latency) limits.push(tableLimit(space, latency));
  const sum = limits.find(({ additive }) => additive !== undefined)?.additive;
  return {
    limited: limits.length > 0,
    leastCost: (prefix) => (sum === undefined ? 0 : costRange(sum, prefix).least),
    complete(prefixes, stream) {
      const draw = { samples, exact, attempts, stream };
      const drawn = prefixes
        .filter((prefix) => canKeep(limits, prefix))
        .map((prefix) => ({ prefix, ...completions(space, prefix, limits, draw) }));
      const found = drawn.filter(({ legal }) => legal.length > 0);
      if (found.length === 0) throw impossible(space.name);
      return {
        prefixes: found.map(({ prefix }) => prefix),
        architectures: found.flatMap(({ legal }) => legal),
        of: found.flatMap(({ legal }, at) => legal.map(() => at)),
        tried: drawn.reduce((total, { tried }) => total + tried, 0),
      };
    },
  };
}

function impossible(name: string): ArcherError {
  return new ArcherError('ARCHER_CONSTRAINT', `No completion in ${name} keeps the limits.`, {
    hint: 'Raise the limits, or `attempts`.',
    exit: EXIT.manifest,
  });
}
