import { expect, it } from 'vitest';
import { stageStart } from './stage-start.ts';

it('has stages at equal distances after the warm-up, and an interval after the last', () => {
  const of = (stages: number) =>
    Array.from({ length: stages + 1 }, (_, at) => {
      return stageStart(at, { epochs: 10, stages, warmUp: 0.4 });
    });
  expect(of(3)).toEqual([4, 6, 8, 10]);
  expect(of(0)).toEqual([4]);
});
