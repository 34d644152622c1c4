import type { Table } from '@archer-nas/core';
import { printable } from './printable.ts';
import type { RunRecord } from './record.ts';

/** One experiment of a suite, and how far it is. */
export interface SuiteSeeds {
  readonly experiment: string;
  /** Those that its manifest asks for. */
  readonly seeds: readonly number[];
  readonly records: readonly RunRecord[];
  /** Why it cannot be run here. */
  readonly obstacle?: string | undefined;
  /** Why it was begun and failed. */
  readonly failure?: string | undefined;
}

/** A row per experiment: how many of its seeds are finished, and what is with the others. */
export function suiteSeedsTable(title: string, entries: readonly SuiteSeeds[]): Table {
  const rows = entries.map(({ experiment, seeds, records, obstacle, failure }) => {
    const done = new Set(records.flatMap(({ result }) => result?.seed ?? []));
    const finished = seeds.filter((seed) => done.has(seed)).length;
    const begun = records.filter(({ result }) => result === undefined).length;
    const states = [
      finished >= seeds.length && 'finished',
      begun > 0 && `${begun} not finished`,
      obstacle !== undefined && printable(`not run here, because ${obstacle}`),
      failure !== undefined && printable(`failed: ${failure}`),
    ].filter((state) => state !== false);
    return [experiment, seeds.length, finished, states.join('; ') || 'not run yet'];
  });
  return { title, columns: ['experiment', 'seeds', 'finished', 'state'], rows };
}
