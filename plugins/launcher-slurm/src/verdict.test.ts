import { LastWords } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { tasksIn } from './slurm.ts';
import { hasEnded, judgeTask } from './verdict.ts';

const SAID = `12_0                    FAILED              1792      None
12_1                    RUNNING             0         None
12_2                    PENDING             0         (launch failed requeued held)
12_10                   OUT_OF_MEMORY       125
not a task
`;

it('reads what squeue prints of an array', () => {
  expect([...tasksIn(SAID)]).toEqual([
    [0, { state: 'FAILED', waitStatus: 7 * 256, reason: 'None' }],
    [1, { state: 'RUNNING', waitStatus: 0, reason: 'None' }],
    [2, { state: 'PENDING', waitStatus: 0, reason: '(launch failed requeued held)' }],
    [10, { state: 'OUT_OF_MEMORY', waitStatus: 125, reason: '' }],
  ]);
});

describe('R14 R19 a task that is over without a result', () => {
  it.each([
    ['FAILED', 7 * 256, { status: 'failed', exitCode: 7, reason: 'exit code 7: the reason' }],
    ['FAILED', 9, { status: 'died', reason: expect.stringMatching(/^killed by SIGKILL/) }],
    ['FAILED', 137 * 256, { status: 'died', reason: expect.stringMatching(/SIGKILL/) }],
    ['FAILED', 75 * 256, { status: 'stopped', reason: 'time-up' }],
    ['FAILED', 130 * 256, { status: 'died', reason: expect.stringMatching(/told to stop/) }],
    ['COMPLETED', 0, { status: 'failed', exitCode: 0 }],
    ['CANCELLED', 15, { status: 'stopped', reason: 'interrupted' }],
    ['TIMEOUT', 15, { status: 'died', reason: expect.stringMatching(/time limit/) }],
    ['OUT_OF_MEMORY', 125, { status: 'died', reason: expect.stringMatching(/memory/) }],
    ['NODE_FAIL', 0, { status: 'died', reason: 'its node failed' }],
    ['PREEMPTED', 15, { status: 'died', reason: 'preempted' }],
    ['DEADLINE', 0, { status: 'failed', reason: 'Slurm ended it as DEADLINE' }],
  ])('%s with wait status %i', (state, waitStatus, verdict) => {
    const words = new LastWords();
    words.hear('error the reason');
    const task = { state, waitStatus, reason: '' };
    expect(hasEnded(task)).toBe(true);
    expect(judgeTask(task, words)).toMatchObject(verdict);
  });

  it('has died when Slurm no longer knows it', () => {
    expect(hasEnded(undefined)).toBe(true);
    expect(judgeTask(undefined, new LastWords())).toMatchObject({ status: 'died' });
  });

  it.each(['PENDING', 'RUNNING', 'SUSPENDED', 'COMPLETING', 'CONFIGURING', 'REQUEUE_HOLD'])(
    'is not over while it is %s',
    (state) => expect(hasEnded({ state, waitStatus: 0, reason: '' })).toBe(false),
  );
});
