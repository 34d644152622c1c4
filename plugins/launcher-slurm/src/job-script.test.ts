import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jobScript } from './job-script.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "archer it's $HOME "));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs task `index` of a script as Slurm does; tells what its process was given. */
function runTask(script: string, index: number, restarts = '0'): string[] {
  const slurm = { SLURM_ARRAY_JOB_ID: '7', SLURM_ARRAY_TASK_ID: String(index) };
  const env = { ...process.env, ...slurm, SLURM_RESTART_COUNT: restarts };
  const output = execFileSync('/bin/sh', ['-c', script], { env, encoding: 'utf8' });
  return output.split('\0').slice(0, -1);
}

const taskOf = (...args: string[]) => ({
  ...{ name: 'a', folder: 'a' },
  command: ['printf', '%s\\0', ...args] as const,
});

describe('R40 the script of a job array', () => {
  it('gives each task its arguments as they are, whatever is in them', () => {
    const words = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(words, { minLength: 1 }), (args) => {
        const tasks = [taskOf('other'), taskOf(...args)];
        expect(runTask(jobScript({ folder, setup: [], tasks }), 1)).toEqual(args);
      }),
      { numRuns: 50 },
    );
  });

  it('notes the start of a task, and runs what comes before', () => {
    const tasks = [taskOf('$GREETING'), taskOf('b')];
    const script = jobScript({ folder, setup: ['GREETING=hello'], tasks });
    expect(runTask(script, 0)).toEqual(['$GREETING']);
    expect(readFileSync(join(folder, '0.starts'), 'utf8')).toBe('slurm-7-0-0\n');
  });

  it('R21 tells a task which attempts of it are over', () => {
    writeFileSync(join(folder, '0.before'), 'slurm-5-3-0\n');
    const told = ['-c', 'printf "%s\\0%s\\0" "$ARCHER_JOB" "$ARCHER_ENDED_JOBS"'];
    const task = { name: 'a', folder: 'a', command: ['sh', ...told] as const };
    const script = jobScript({ folder, setup: [], tasks: [task] });
    expect(runTask(script, 0)).toEqual(['slurm-7-0-0', 'slurm-5-3-0']);
    expect(runTask(script, 0, '1')).toEqual(['slurm-7-0-1', 'slurm-5-3-0\nslurm-7-0-0']);
  });
});
