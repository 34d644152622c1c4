import { expect, it } from 'vitest';
import { record, study } from '../test/run-record.ts';
import { suiteTable } from './suite-table.ts';
import { verdicts } from './verdict.ts';

it('has a row per expectation and counts the outcomes', () => {
  const expected = { metric: 'maxima', value: 17, tolerance: 0, source: 'paper' };
  const runs = [record({ studies: [study({ maxima: 17 })] })];
  const table = suiteTable('classics', [
    { experiment: 'landscape', verdicts: verdicts([{ ...expected, over: 'nothing' }], runs) },
    { experiment: 'random', verdicts: verdicts([expected], []) },
  ]);
  expect(table.rows).toEqual([
    ['landscape', 'maxima', '17 ± 0', '17', 'reproduced', 'paper'],
    ['random', 'maxima', '17 ± 0', null, 'not run here, because no run is finished', 'paper'],
  ]);
  expect(table.notes).toEqual(['1 reproduced, 0 differ, 0 inconclusive, 1 not run here.']);
});
