import type { DataOrder, Job, Sampler, SearchSpace, State, Stream } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import type { Check } from './check.ts';
import { jobChecks } from './job-contract.ts';
import { describeOrder, orderChecks } from './order-contract.ts';
import { describeSampler, samplerChecks } from './sampler-contract.ts';
import { spaceChecks } from './space-contract.ts';
import { type Bits, bitSpace } from './toy-bits.ts';

/** Names of the checks that a subject breaks. */
async function broken(checks: readonly Check[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of checks) {
    try {
      await run();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

type Broken =
  | 'hidden state'
  | 'shared state'
  | 'clock'
  | 'endless'
  | 'half step'
  | 'half way'
  | 'no state';

/** A job of four steps that adds up 1 … 4, with one mistake. */
function job(mistake: Broken | 'none') {
  let clock = 0;
  return {
    async begin(saved?: State): Promise<Job> {
      const state = { done: 0, sum: [0], ...(saved as object | undefined) };
      state.sum = [...state.sum];
      let hidden = 0;
      return {
        get state() {
          if (mistake === 'no state') return { at: new Date(0) } as unknown as State;
          return mistake === 'shared state' ? { ...state } : { ...state, sum: [...state.sum] };
        },
        get progress() {
          const done = mistake === 'endless' ? 0 : state.done;
          return { done, total: 4, unit: 'step' } as const;
        },
        async step(signal) {
          const before = state.sum[0] as number;
          if (mistake === 'half step') state.sum[0] = 7;
          signal.throwIfAborted();
          if (mistake === 'half way') state.sum[0] = 7;
          await Promise.resolve();
          signal.throwIfAborted();
          if (mistake === 'half way') state.sum[0] = before;
          state.done += 1;
          hidden += state.done;
          clock += 1;
          const sum = mistake === 'hidden state' ? hidden : (state.sum[0] as number) + state.done;
          state.sum[0] = mistake === 'clock' ? sum + clock : sum;
          return { metrics: { sum: state.sum[0] } };
        },
      };
    },
  };
}

describe('jobChecks', () => {
  it('pass a job that keeps the contract', async () => {
    expect(await broken(jobChecks(job('none')))).toEqual([]);
  });

  it('catch state outside of State, by the resumed run', async () => {
    expect(await broken(jobChecks(job('hidden state')))).toEqual([
      'ends the same when resumed after any step',
    ]);
  });

  it('catch a snapshot that is no copy', async () => {
    expect(await broken(jobChecks(job('shared state')))).toEqual([
      'gives snapshots that later steps leave alone',
    ]);
  });

  it('catch results that depend on what ran before', async () => {
    expect(await broken(jobChecks(job('clock')))).toContain('repeats bit for bit');
  });

  it('catch a step that was half done when it aborted', async () => {
    expect(await broken(jobChecks(job('half step')))).toContain('forgets a step that was aborted');
    expect(await broken(jobChecks(job('half way')))).toEqual(['forgets a step that was aborted']);
  });

  it('catch a job that never ends and one whose state cannot be saved', async () => {
    expect(await broken(jobChecks(job('endless')))).toContain('goes forward and ends');
    expect(await broken(jobChecks(job('no state')))).toContain(
      'gives snapshots that later steps leave alone',
    );
  });
});

describe('spaceChecks', () => {
  const space = bitSpace(4);
  const withMistake = (mistake: Partial<SearchSpace<Bits>>) =>
    broken(spaceChecks<Bits>({ space: { ...space, ...mistake } }));

  it.each<[string, Partial<SearchSpace<Bits>>, string]>([
    ['a mutation out of the space', { mutate: (a) => [...a, 1] }, 'mutates within the space'],
    ['a mutation in place', { mutate: inPlace }, 'mutates within the space'],
    ['invented genes', { crossover: () => [1, 1, 1, 1] }, 'crosses within the space'],
    ['itself as a neighbour', { neighbours: (a) => [a] }, 'has neighbours that differ'],
    ['a missing architecture', { all: () => [[0, 0, 0, 0]] }, 'lists every architecture once'],
    ['ids that collide', { id: () => 'x' }, 'lists every architecture once'],
    [
      'notation of another order',
      { format: (a) => [...a].reverse().join('') },
      'parses what it formats',
    ],
    [
      'parsing without checking',
      { parse: (text) => [...text].map(Number) },
      'refuses malformed text',
    ],
    ['choices of another', { fromChoices: () => [0, 0, 0, 0] }, 'translates to choices and back'],
    [
      'costs that do not add up',
      { costs: { ...space.costs, of: () => ({ params: 1 }) } },
      'has finite costs that add up',
    ],
    [
      'a sub-space of everything',
      { restrict: () => space },
      'restricts to the options it is given',
    ],
    [
      'a form per call',
      { canonical: () => String(calls++) },
      'gives equal architectures one canonical form',
    ],
    ['one form for all', { canonical: () => '' }, 'gives equal architectures one canonical form'],
  ])('catch %s', async (_, mistake, check) => {
    expect(await withMistake(mistake)).toContain(check);
  });
});

it('spaceChecks compare the forms of architectures that are one network', async () => {
  const space = { ...bitSpace(4), canonical: (a: Bits) => [...a].sort().join('') };
  expect(await broken(spaceChecks<Bits>({ space, isomorphic: [['0011', '1010']] }))).toEqual([]);
  expect(await broken(spaceChecks<Bits>({ space, isomorphic: [['0011', '1011']] }))).toEqual([
    'gives equal architectures one canonical form',
  ]);
});

let calls = 0;

function inPlace(a: Bits, stream: Stream): Bits {
  (a as number[])[stream.int(4)] = 1;
  return a;
}

/** Proposes 0, 1, 2, …, skipping as many as have been observed to fail. */
function counting(mistake: 'none' | 'hidden' | 'crash', saved?: State): Sampler<number> {
  let next = mistake === 'hidden' ? 0 : ((saved as number | undefined) ?? 0);
  return {
    get state() {
      return next;
    },
    propose: (n) => Array.from({ length: n }, () => ({ id: `${next}`, architecture: next++ })),
    observe(evaluations) {
      const failed = evaluations.filter(({ status }) => status === 'failed');
      if (failed.length > 0 && mistake === 'crash') throw new Error('no metric');
      next += failed.length;
    },
  };
}

const sampler = (mistake: 'none' | 'hidden' | 'crash') => ({
  begin: (saved?: State) => counting(mistake, saved),
  evaluate: (proposal: { id: string; architecture: number }) =>
    ({ proposal, metrics: { value: 1 }, cost: {}, status: 'final' }) as const,
  legal: (value: number) => value >= 0,
});

describeSampler('that counts', sampler('none'));

describe('samplerChecks', () => {
  it('catch hidden state, illegal proposals and crashes', async () => {
    expect(await broken(samplerChecks(sampler('hidden')))).toEqual([
      'ends the same when resumed after any round',
    ]);
    expect(await broken(samplerChecks(sampler('crash')))).toEqual(['survives failed evaluations']);
    expect(await broken(samplerChecks({ ...sampler('none'), legal: (v) => v < 3 }))).toContain(
      'proposes what is legal, no more than asked, by distinct ids',
    );
  });
});

/** Rotates by how often it was observed, which is its state. */
function rotating(mistake: 'none' | 'hidden' | 'out of range', saved?: State): DataOrder {
  let seen = mistake === 'hidden' ? 0 : ((saved as number | undefined) ?? 0);
  const size = mistake === 'out of range' ? 11 : 10;
  return {
    get state() {
      return seen;
    },
    next: () => ({ index: Int32Array.from({ length: 10 }, (_, i) => (i + seen) % size) }),
    observe: () => {
      seen += 1;
    },
  };
}

const order = (mistake: 'none' | 'hidden' | 'out of range') => ({
  size: 10,
  begin: (saved?: State) => rotating(mistake, saved),
});

describeOrder('that rotates', order('none'));

describe('orderChecks', () => {
  it('catch hidden state and samples that do not exist', async () => {
    expect(await broken(orderChecks(order('hidden')))).toEqual([
      'ends the same when resumed after any epoch',
    ]);
    expect(await broken(orderChecks(order('out of range')))).toEqual([
      'names samples that exist, with positive weights',
    ]);
  });
});
