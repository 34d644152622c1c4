import type { Job, State } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { jobChecks } from './job-contract.ts';
import { broken } from './testing/broken.ts';

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
