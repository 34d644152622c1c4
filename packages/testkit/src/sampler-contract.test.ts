import type { Evaluation, Proposal, Sampler, State, Stream } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { samplerChecks } from './sampler-contract.ts';
import { broken } from './testing/broken.ts';

type Mistake =
  | 'none'
  | 'hidden state'
  | 'state of the module'
  | 'state that does not survive'
  | 'random'
  | 'clock'
  | 'observes in vain'
  | 'claims to be blind'
  | 'crashes at failures'
  | 'NaN wins'
  | 'mutates in place'
  | 'same ids'
  | 'more than asked'
  | 'outside of the space';

/** Shared by all samplers of the process. */
let calls = 0;

interface Memory {
  made: number;
  best: { id: string; value: number; at: number[] } | null;
}

/** Walks on a line from the best so far; has one mistake. */
function walker(mistake: Mistake, saved?: State): Sampler<number[]> {
  const start: Memory = { made: 0, best: null };
  const memory = (structuredClone(saved) as Memory | undefined) ?? start;
  if (mistake === 'state that does not survive') memory.best = null;
  let hidden = 0;
  const draw = (stream: Stream): number => {
    calls += 1;
    hidden += 1;
    if (mistake === 'hidden state') return hidden;
    if (mistake === 'state of the module') return calls;
    if (mistake === 'random') return Math.random();
    if (mistake === 'clock') return performance.now();
    return mistake === 'outside of the space' ? -stream.int(9) : stream.int(9);
  };
  const one = (stream: Stream): Proposal<number[]> => {
    const step = draw(stream);
    const from = memory.best;
    const at = [(from?.at[0] ?? 0) + step];
    if (mistake === 'mutates in place' && from) from.at[0] = (from.at[0] as number) + 1;
    const id = mistake === 'same ids' ? 'walk' : `walk-${memory.made}`;
    memory.made += 1;
    return { id, architecture: at, ...(from ? { parent: from.id } : {}) };
  };
  return {
    get state() {
      return structuredClone(memory) as unknown as State;
    },
    propose: (n, stream) =>
      Array.from({ length: mistake === 'more than asked' ? n + 1 : n }, () => one(stream)),
    observe(evaluations) {
      if (mistake === 'observes in vain') return;
      for (const { metrics, proposal, status } of evaluations) {
        if (status === 'failed' && mistake === 'crashes at failures') throw new Error('no value');
        const value = metrics.value ?? Number.NaN;
        const keeps = memory.best !== null && memory.best.value >= value;
        const wins = mistake === 'NaN wins' ? !keeps : value > (memory.best?.value ?? -99);
        if (wins) memory.best = { id: proposal.id, value, at: proposal.architecture };
      }
    },
  };
}

const evaluate = (proposal: Proposal<number[]>): Evaluation<number[]> => {
  const [at = 0] = proposal.architecture;
  return { proposal, metrics: { value: (at * 7) % 5 }, cost: {}, status: 'final' };
};

const of = (mistake: Mistake) =>
  broken(
    samplerChecks<number[]>(async () => ({
      begin: (saved) => walker(mistake, saved),
      evaluate,
      legal: ([at = -1]) => at >= 0,
      blind: mistake === 'claims to be blind',
    })),
  );

const RESUME = 'ends the same when resumed after any round';
const ALONE = 'is not disturbed by another at the same time';
const LEGAL = 'proposes what is legal, no more than asked, by distinct ids';
const LEARNS = 'learns from what it observes, unless it is blind';

describe('samplerChecks', () => {
  it('pass a sampler that keeps the contract', async () => {
    expect(await of('none')).toEqual([]);
  });

  it.each<[Mistake, readonly string[]]>([
    ['hidden state', [RESUME]],
    ['state that does not survive', [RESUME]],
    ['observes in vain', [LEARNS]],
    ['claims to be blind', [LEARNS]],
    ['NaN wins', ['never makes a parent of NaN or of a failure']],
    ['mutates in place', ['gives snapshots and proposals that later rounds leave alone']],
    ['same ids', [LEGAL]],
    ['more than asked', [LEGAL]],
  ])('catch a sampler with this mistake and no other: %s', async (mistake, checks) => {
    const found = await of(mistake);
    for (const check of checks) expect(found).toContain(check);
  });

  it.each<[Mistake, string]>([
    ['random', 'repeats bit for bit'],
    ['clock', 'repeats bit for bit'],
    ['state of the module', 'repeats bit for bit'],
    ['state of the module', ALONE],
    ['crashes at failures', 'survives failed evaluations'],
    ['outside of the space', LEGAL],
  ])('catch, among others, %s: %s', async (mistake, check) => {
    expect(await of(mistake)).toContain(check);
  });
});
