import type { Table } from '@archer-nas/core';
import type { RunRecord } from '../src/record.ts';
import { stepLines } from './journal-lines.ts';
import { record, study } from './run-record.ts';

const CELL =
  '|nor_conv_3x3~0|+|skip_connect~0|nor_conv_3x3~1|+|none~0|avg_pool_3x3~1|nor_conv_1x1~2|';

/** α of two edges, as a bilevel search tells it. */
function alphaOf(time: number): Table {
  const options = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'];
  const rows = Array.from({ length: 2 }, (_, edge) =>
    options.map((option, o) => {
      return [`cell0.edge${edge}`, option, o === edge % 5 ? 0.2 + 0.6 * time : 0.2 - 0.15 * time];
    }),
  );
  return { columns: ['decision', 'option', 'probability'], rows: rows.flat() };
}

function quantilesOf(step: number): Table {
  const rows = ['least', 'median', 'greatest'].map((name, i) => [name, 1 + (i - 1) * (step / 200)]);
  return { columns: ['quantile', 'q times N'], rows };
}

/** A run that has data for every section of a page, with names as long as real ones. */
export function richRecord(seed: number): RunRecord {
  const wave = (i: number): number => Math.sin(i + seed);
  const p = (i: number) => ({
    'path-probability/none': 0.2 - i / 100,
    'path-probability/skip_connect': 0.2,
    'path-probability/nor_conv_1x1': 0.2,
    'path-probability/nor_conv_3x3': 0.2 + i / 100,
    'path-probability/avg_pool_3x3': 0.2,
  });
  const lines = stepLines(
    Array.from({ length: 130 }, (_, i) => ({
      ...{ loss: 2.3 - i / 300 + wave(i) / 9, 'train-accuracy': 10 + i / 8 + wave(i) },
      ...(i % 13 === 12 ? { epoch: (i + 1) / 13, ...p(i / 13) } : {}),
    })),
    (i) =>
      i % 13 === 12 ? { alpha: alphaOf(i / 130), 'data-probability': quantilesOf(i) } : undefined,
  );
  const scores = Array.from({ length: 30 }, (_, i) => [
    `${CELL} ${i}`,
    50 + wave(i) * 9,
    90 + wave(i + 0.6),
  ]);
  const bars = ['supernet', 'random', 'params'].map((name, i) => [
    name,
    0.5 - i / 4,
    `${0.4 - i / 4} to ${0.6 - i / 4}`,
  ]);
  const budgets = [90, 170, 300].flatMap((n, i) => [
    ['rea', n, 500, 94 + i / 9, 0.2, `${93.9 + i / 9} to ${94.1 + i / 9}`, 0.4 - i / 9],
    ['random', n, 500, 93.7 + i / 9, 0.3, `${93.6 + i / 9} to ${93.8 + i / 9}`, 0.7 - i / 9],
  ]);
  const note = 'The truth is accuracy (%): NAS-Bench-201, test accuracy on CIFAR-10, 200 epochs.';
  const tables = {
    rank: {
      title: 'How well scores order',
      columns: ['', 'tau', '95 % interval'],
      rows: bars,
      notes: [note],
    },
    scores: { columns: ['id', 'score', 'truth'], rows: scores },
    regret: {
      title: 'What the search would return',
      columns: ['arm', 'evaluations', 'runs', 'mean', 'std', '95 % interval', 'regret'],
      rows: budgets,
    },
  };
  const tau = { 'kendall-tau': 0.71 + seed / 100, 'kendall-tau-low': 0.6, 'kendall-tau-high': 0.8 };
  const asked = [1, 2, 3].map((i) => ({
    ...study({ 'max-eigenvalue': i + seed / 4 }, 1, 100 * i),
    id: 'hessian',
  }));
  const expect = [
    {
      metric: 'kendall-tau',
      profile: 'paper',
      value: 0.713,
      tolerance: 0.03,
      source: 'PA&DA (CVPR 2023)',
    },
    { metric: 'loss', value: 0, tolerance: 0.1, source: 'nobody' },
    { metric: 'accuracy', value: 94, tolerance: 1, source: 'another paper' },
  ];
  const one = record({
    ...{ seed, lines, studies: [{ ...study(tau), tables }, ...asked] },
    plugins: {
      'space space:nas-bench-201': '@archer-nas/space-nas-bench-201@0.1.0',
      'strategy strategy:pa-da': '@archer-nas/pa-da@0.1.0',
    },
    manifest: { title: 'PA&DA on NAS-Bench-201, CIFAR-10', expect },
  });
  const { result } = one;
  const best = [0, 1, 2, 3, 4].map((i) => ({
    architecture: CELL.replace('none', `none_${i}`),
    metrics: { accuracy: 94 - i, macs: 2e8 - 3e7 * i },
  }));
  return { ...one, result: result && { ...result, search: { ...result.search, best } } };
}

/** The drawing of a cell like NAS-Bench-201's. */
export function richCell() {
  const label = ['nor_conv_3x3', 'skip_connect', 'avg_pool_3x3'];
  const edges = [1, 2, 3].flatMap((to) =>
    Array.from({ length: to }, (_, from) => ({
      from,
      to,
      label: label[(from + to) % 3] as string,
    })),
  );
  return [{ name: 'cell', nodes: ['0', '1', '2', '3'], edges }];
}
