import { summarise, type Table } from '@archer-nas/core';

/** The architectures that the searches of an experiment ended with. */
export interface FoundArchitectures {
  /** Names of the space's decisions. */
  readonly decisions: readonly string[];
  readonly found: readonly {
    readonly seed: number;
    /** In the space's notation; equal architectures are written alike. */
    readonly architecture: string;
    /** What was chosen at each decision, by name. */
    readonly choices: readonly string[];
  }[];
}

/** How much repeated searches agree. */
export interface Agreement {
  readonly searches: number;
  /** Different architectures among them. */
  readonly distinct: number;
  /** Decisions in which two of the architectures differ, over all pairs; NaN for one search. */
  readonly meanDistance: number;
  readonly maxDistance: number;
  readonly decisions: readonly {
    readonly name: string;
    /** The most frequent choice, the first of equally frequent ones, and how many made it. */
    readonly mode: string;
    readonly count: number;
    /** Share of pairs that chose alike; NaN for one search. */
    readonly agreement: number;
  }[];
}

/** Compares the architectures of repeated searches in pairs: their edit distance, and each decision. */
export function agreementOf({ decisions, found }: FoundArchitectures): Agreement {
  const pairs = found.flatMap((a, at) => found.slice(at + 1).map((b) => [a, b] as const));
  const distances = pairs.map(
    ([a, b]) => decisions.filter((_, d) => a.choices[d] !== b.choices[d]).length,
  );
  return {
    searches: found.length,
    distinct: new Set(found.map(({ architecture }) => architecture)).size,
    meanDistance: summarise(distances).mean,
    maxDistance: distances.length === 0 ? Number.NaN : Math.max(...distances),
    decisions: decisions.map((name, d) => {
      const alike = pairs.filter(([a, b]) => a.choices[d] === b.choices[d]).length;
      const most = mostFrequent(found.map(({ choices }) => choices[d] ?? ''));
      return { name, ...most, agreement: alike / pairs.length };
    }),
  };
}

function mostFrequent(values: readonly string[]): {
  readonly mode: string;
  readonly count: number;
} {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [mode, count] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ['', 0]);
  return { mode, count };
}

/** What each search found, and how much they agree, decision by decision. */
export function agreementTables(all: FoundArchitectures): ReadonlyMap<string, Table> {
  const { searches, distinct, meanDistance, maxDistance, decisions } = agreementOf(all);
  const size = decisions.length;
  const found: Table = {
    title: 'what the searches found',
    columns: ['seed', 'architecture'],
    rows: all.found.map(({ seed, architecture }) => [seed, architecture]),
    notes: [
      `${distinct} different of ${searches}; two of them differ in ${meanDistance.toFixed(2)} of ` +
        `${size} decisions on average, in ${maxDistance} at most.`,
    ],
  };
  const agreement: Table = {
    title: 'how much they agree',
    columns: ['decision', 'most frequent', 'searches', 'pairs alike'],
    rows: decisions.map(({ name, mode, count, agreement: share }) => [
      name,
      mode,
      `${count} of ${searches}`,
      share,
    ]),
  };
  return new Map([
    ['architectures', found],
    ['agreement', agreement],
  ]);
}
