import { createStreams, type StudyContext } from '@archer-nas/core';
import { bitSpace } from '@archer-nas/testkit';
import { expect, it } from 'vitest';
import { withStandIns } from './stand-ins.ts';

const space = bitSpace(8);
const stream = () => createStreams(0).stream('dry-run');

function seen(found: number, candidates?: number): StudyContext<unknown>['search'] {
  const evaluations = (n: number) =>
    Array.from({ length: n }, (_, i) => ({ proposal: { id: `${i}`, architecture: i } }) as never);
  return {
    views: {
      get lazy() {
        throw new Error('nobody has asked for it');
      },
      ...(candidates !== undefined && {
        candidates: { evaluations: () => evaluations(candidates), judged: () => 7 },
      }),
    },
    incumbents: () => evaluations(found),
    progress: { done: 1, total: 9, unit: 'step' },
  };
}

it('stands for what a search has not found yet', () => {
  const { search, standIns } = withStandIns(seen(0, 0), space, stream());
  expect(standIns).toEqual({ incumbents: 1, candidates: 10 });
  const all = [...search.incumbents(), ...(search.views.candidates?.evaluations() ?? [])];
  expect(all).toHaveLength(11);
  const ids = all.map(({ proposal }) => space.id(proposal.architecture as never));
  expect(new Set(ids).size).toBeGreaterThan(8);
  expect(search.progress).toEqual({ done: 1, total: 9, unit: 'step' });
});

it('leaves what it has found, and gives no candidates to a search that has none', () => {
  const own = seen(2, 3);
  const { search, standIns } = withStandIns(own, space, stream());
  expect(standIns).toEqual({ incumbents: 0, candidates: 0 });
  expect(search.incumbents()).toEqual(own.incumbents());
  expect(search.views.candidates?.judged()).toBe(7);
  expect(withStandIns(seen(1), space, stream()).search.views.candidates).toBeUndefined();
});
