import { createStreams, singleMetric } from '@archer-nas/core';
import { bitSpace } from '@archer-nas/testkit';
import { expect, it } from 'vitest';
import { given } from './given.ts';

it('proposes what it is given, in order and once, and refuses what the space has not', () => {
  const space = bitSpace(3);
  const metric = { name: 'accuracy', unit: '%', direction: 'maximise' } as const;
  const context = { space, metric, objective: singleMetric(metric) };
  const sampler = given(['110', '001', '111']).begin(context);
  const stream = createStreams(0).stream('given');
  const texts = (n: number) => {
    const proposals = sampler.propose(n, stream);
    return typeof proposals === 'string'
      ? proposals
      : proposals.map(({ architecture }) => space.format(architecture));
  };
  expect([texts(2), texts(2), texts(2)]).toEqual([['110', '001'], ['111'], 'done']);
  expect(() => given(['012']).begin(context)).toThrow();
});
