import { expect, it } from 'vitest';
import { record } from '../test/run-record.ts';
import { printable } from './printable.ts';
import { suiteSeedsTable } from './suite-seeds.ts';

it('says of each experiment how many of its seeds are finished, and why others are not', () => {
  const finished = record();
  const { result: _, ...begun } = record({ unfinished: true });
  const unfinished = { ...begun, result: undefined };
  const { rows } = suiteSeedsTable('table', [
    { experiment: 'a', seeds: [0, 1], records: [finished, record({ seed: 1 })] },
    { experiment: 'b', seeds: [0, 1, 2], records: [finished, record({ seed: 9 }), unfinished] },
    { experiment: 'c', seeds: [0], records: [] },
    { experiment: 'd', seeds: [0], records: [], obstacle: 'no CIFAR-100\u001b[31m' },
    { experiment: 'e', seeds: [0], records: [unfinished], failure: 'step 3 gave NaN' },
  ]);
  expect(rows).toEqual([
    ['a', 2, 2, 'finished'],
    ['b', 3, 1, '1 not finished'],
    ['c', 1, 0, 'not run yet'],
    ['d', 1, 0, `not run here, because ${printable('no CIFAR-100\u001b[31m')}`],
    ['e', 1, 0, '1 not finished; failed: step 3 gave NaN'],
  ]);
});
