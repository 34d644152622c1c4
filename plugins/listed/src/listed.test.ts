import { createStreams, type Sampler, type State, singleMetric } from '@archer-nas/core';
import { type Bits, bitSpace } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { listedSampler } from './listed-sampler.ts';

const metric = { name: 'ones', unit: '', direction: 'maximise' } as const;
const context = { space: bitSpace(3), metric, objective: singleMetric(metric) };
const stream = createStreams(0).stream('propose');
const begin = (texts: string[], saved?: State): Sampler<Bits> =>
  listedSampler(texts).begin(context, saved);
const texts = (proposals: ReturnType<Sampler<Bits>['propose']>) =>
  typeof proposals === 'string'
    ? proposals
    : proposals.map(({ architecture }) => architecture.join(''));

describe('listed architectures', () => {
  it('are proposed once, in the order of the list, also where one is listed twice', () => {
    const sampler = begin(['101', '000', '101']);
    expect(texts(sampler.propose(2, stream))).toEqual(['101', '000']);
    expect(texts(begin(['101', '000', '101'], sampler.state).propose(2, stream))).toEqual(['101']);
    expect(texts(sampler.propose(2, stream))).toEqual(['101']);
    expect(sampler.propose(1, stream)).toBe('done');
  });

  it('say how many they are, and that what is observed does not matter', () => {
    expect(listedSampler(['101', '000'])).toMatchObject({ evaluations: 2, blind: true });
  });

  it('are all read before the first is proposed', () => {
    expect(() => begin(['101', '10'])).toThrow();
  });

  it('are missing where the list is empty', () => {
    expect(() => begin([])).toThrowError(expect.objectContaining({ code: 'ARCHER_LISTED' }));
  });
});
