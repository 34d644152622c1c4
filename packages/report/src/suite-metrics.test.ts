import { expect, it } from 'vitest';
import { record, study } from '../test/run-record.ts';
import { suiteMetricsTable } from './suite-metrics.ts';

it('has a row per experiment with its metrics over seeds, and a dash where there are none', () => {
  const run = (tau: number) =>
    record({ studies: [study({ 'kendall-tau': tau, 'baseline/params/kendall-tau': 0.5 })] });
  const entries = [
    { experiment: 'spos', records: [run(0.2), run(0.4)] },
    { experiment: 'few-shot', records: [] },
  ];
  const { columns, rows } = suiteMetricsTable('table', entries, ['kendall-tau', 'p-at-top5']);
  expect(columns).toEqual(['experiment', 'n', 'kendall-tau', 'p-at-top5']);
  expect(rows).toEqual([
    ['spos', 2, '0.3000 ± 0.1414', null],
    ['few-shot', 0, null, null],
  ]);
});

it('says of a name that no run has it, or that several metrics end so', () => {
  const run = record({ studies: [study({ 'a/tau': 1, 'b/tau': 2 })] });
  const entries = [{ experiment: 'spos', records: [run] }];
  expect(suiteMetricsTable('table', entries, ['tau', 'kendall-tua', 'a/tau']).notes).toEqual([
    'mean ± std over seeds',
    '"tau" may be any of rank.0/a/tau, rank.0/b/tau.',
    'No finished run has the metric "kendall-tua".',
  ]);
  const none = suiteMetricsTable('table', [{ experiment: 'spos', records: [] }], ['tau']);
  expect(none.notes).toEqual(['mean ± std over seeds']);
});
