import type { JournalLine, Manifest, Table } from '@archer-nas/core';
import type { RunRecord, StudyAnswer } from '../src/record.ts';

/** What a test wants to be different from an ordinary run. */
export interface Wish {
  readonly seed?: number;
  readonly profile?: string;
  readonly tau?: number;
  /** Metrics of the search besides its loss. */
  readonly metrics?: Readonly<Record<string, number>>;
  readonly manifest?: Partial<Manifest>;
  readonly plugins?: Readonly<Record<string, string>>;
  readonly studies?: readonly StudyAnswer[];
  readonly lines?: readonly JournalLine[];
  readonly unfinished?: boolean;
}

export const rankTable: Table = {
  title: 'ranking',
  columns: ['scores', 'tau'],
  rows: [
    ['inherited', 0.71],
    ['random', null],
  ],
  notes: ['not comparable: 2 images'],
};

/** A study's answer. */
export function study(metrics: Record<string, number>, index = 0, searchAt = 250): StudyAnswer {
  return { id: 'rank', index, searchAt, metrics, tables: {}, notes: [] };
}

/** A finished run of one search and one ranking. */
export function record(wish: Wish = {}): RunRecord {
  const { seed = 0, profile = 'paper', tau = 0.7 } = wish;
  return {
    folder: `runs/pada/${profile}/${seed}`,
    status: wish.unfinished ? 'unfinished' : 'finished',
    profile,
    seed,
    manifest: {
      name: 'pada',
      seeds: [0],
      space: { use: 'nas-bench-201', cells: 5 },
      strategy: { use: 'pa-da', epochs: 250 },
      study: [{ use: 'rank' }],
      profiles: { smoke: {} },
      expect: [],
      ...wish.manifest,
    },
    fingerprint: {
      plugins: wish.plugins ?? { 'strategy strategy:pa-da': 'pa-da@0.1.0' },
      core: '0.1.0',
      node: 'v24.0.0',
      engine: { class: 'plain', description: 'plain JS' },
      dataHash: 'd',
      machine: { platform: 'linux x64', cpu: 'CPU', cores: 2 },
    },
    result: wish.unfinished
      ? undefined
      : {
          experiment: 'pada',
          profile,
          seed,
          identity: 'id',
          search: {
            metrics: { loss: 1.5, ...wish.metrics },
            tables: {},
            notes: [],
            best: [{ architecture: '|a~0|', metrics: { accuracy: 0.9 } }],
          },
          studies: wish.studies ?? [
            { ...study({ 'kendall-tau': tau }), tables: { rank: rankTable } },
          ],
        },
    lines: wish.lines ?? [],
  };
}
