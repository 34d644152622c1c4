import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ArcherError, EXIT } from '@archer-nas/core';

const execute = promisify(execFile);

/** A task of a job array, as Slurm has it. */
export interface QueuedTask {
  /** `PENDING`, `RUNNING`, `COMPLETED`, … */
  readonly state: string;
  /** Why it waits. */
  readonly reason: string;
  /** As of `wait`: the exit code times 256, plus the signal that killed it. */
  readonly waitStatus: number;
}

/** What `squeue` prints of each task, in columns that are wide enough. */
const COLUMNS = 'JobArrayID:64,State:32,exit_code:16,Reason:64';

/** Submits a job array. @returns the array's job id */
export async function submit(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const output = await slurm('sbatch', ['--parsable', ...args, script], env);
  // "<id>" or "<id>;<cluster>"
  return (output.trim().split(';')[0] as string).trim();
}

/**
 * The tasks of a job array by index. Empty once Slurm has forgotten the array.
 * @throws ArcherError `ARCHER_SLURM` while the controller does not answer
 */
export async function look(job: string): Promise<ReadonlyMap<number, QueuedTask>> {
  const args = ['--array', '--noheader', '--states=all', `--jobs=${job}`, `--Format=${COLUMNS}`];
  try {
    return tasksIn(await slurm('squeue', args));
  } catch (error) {
    if (error instanceof ArcherError && /invalid job id/i.test(error.message)) return new Map();
    throw error;
  }
}

/** Ends all tasks of an array: those that run get SIGTERM, and SIGKILL after `KillWait`. */
export async function cancel(job: string): Promise<void> {
  await slurm('scancel', ['--quiet', job]);
}

/** Reads the output of `squeue`. */
export function tasksIn(output: string): ReadonlyMap<number, QueuedTask> {
  const tasks = new Map<number, QueuedTask>();
  for (const line of output.split('\n')) {
    const words = /^\d+_(\d+)\s+(\S+)\s+(\d+)\s*(.*)$/.exec(line);
    if (words === null) continue;
    const [, index, state, status, reason] = words as unknown as string[];
    const task = { state: state as string, reason: (reason as string).trim() };
    tasks.set(Number(index), { ...task, waitStatus: Number(status) });
  }
  return tasks;
}

/** What a program of Slurm prints. @throws ArcherError `ARCHER_SLURM` with what it complains of */
async function slurm(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  try {
    const { stdout } = await execute(program, args, { env, maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    const { code, stderr, message } = error as Error & { code?: unknown; stderr?: string };
    if (code === 'ENOENT') {
      throw new ArcherError('ARCHER_SLURM', `The launcher "slurm" found no program ${program}.`, {
        hint: "It runs where jobs can be submitted: on a login node, with Slurm's programs in PATH. `--launcher local` uses this machine.",
        exit: EXIT.failed,
      });
    }
    const said = stderr?.trim() || message;
    throw new ArcherError('ARCHER_SLURM', `${program} refused: ${said}`, {
      hint: 'Options for sbatch are under `launcher` in the manifest.',
      exit: EXIT.failed,
    });
  }
}
