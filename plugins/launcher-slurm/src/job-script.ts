import type { Task } from '@archer-nas/core';

/** What a job script is made of. */
export interface JobScript {
  /**
   * Folder of the array. Task 3 notes there, in `3.starts`, that it begins; its attempts in arrays
   * before this one are in `3.before`.
   */
  readonly folder: string;
  /** Lines of shell before each task: `module load nodejs`. */
  readonly setup: readonly string[];
  readonly tasks: readonly Task[];
}

/** Seconds that a task waits for a process of its own that Slurm is still ending. */
const LOCK_PATIENCE = 70;

/**
 * The script that every task of a job array runs. `exec` puts the task in the place of the shell,
 * so that the signals of Slurm reach it, and Slurm gets its exit code. Slurm runs one attempt of a
 * task at a time: those that began before are over, on whatever node they were, and the task is
 * told so, for it to take their locks.
 */
export function jobScript({ folder, setup, tasks }: JobScript): string {
  const cases = tasks.map(({ command }, i) => `${i}) exec ${command.map(quoted).join(' ')} ;;`);
  return `${[
    '#!/bin/sh',
    '# Written by the launcher "slurm" of Archer.',
    `here=${quoted(folder)}/"$SLURM_ARRAY_TASK_ID"`,
    'attempt="$SLURM_ARRAY_JOB_ID-$SLURM_ARRAY_TASK_ID-$' + '{SLURM_RESTART_COUNT:-0}"',
    'export ARCHER_JOB="slurm-$attempt"',
    'export ARCHER_ENDED_JOBS="$(cat "$here.before" "$here.starts" 2>/dev/null)"',
    'echo "$ARCHER_JOB" >> "$here.starts"',
    `export ARCHER_LOCK_PATIENCE=${LOCK_PATIENCE}`,
    'export ARCHER_THREADS="$' + '{SLURM_CPUS_PER_TASK:-1}"',
    ...setup,
    'case "$SLURM_ARRAY_TASK_ID" in',
    ...cases,
    'esac',
  ].join('\n')}\n`;
}

/** A word that a POSIX shell takes as it stands. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
