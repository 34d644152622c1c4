import { expect, it } from 'vitest';
import { record, study } from '../test/run-record.ts';
import { headline } from './headline.ts';

const interval = { 'kendall-tau': 0.7, 'kendall-tau-low': 0.6, 'kendall-tau-high': 0.8 };

it('is what the manifest expects, over seeds', () => {
  const expect1 = [{ metric: 'loss', value: 1, tolerance: 0, source: 's' }];
  const runs = [0, 1].map((seed) => record({ seed, manifest: { expect: expect1 } }));
  expect(headline(runs)).toMatchObject({
    metric: 'loss',
    over: 'seeds',
    summary: { n: 2, mean: 1.5 },
  });
});

it('is otherwise the metric that has an interval of its own', () => {
  expect(headline([record({ studies: [study(interval)] })])).toMatchObject({
    metric: 'rank.0/kendall-tau',
    over: 'the run itself',
    summary: { mean: 0.7, low: 0.6, high: 0.8 },
  });
});

it('is otherwise that of the best architecture, and nothing of what is not finished', () => {
  const best = headline([record({ studies: [] })]);
  expect(best).toMatchObject({ metric: 'accuracy', summary: { mean: 0.9 } });
  expect(best).not.toHaveProperty('over');
  expect(headline([record({ unfinished: true })])).toBeUndefined();
});
