import type { Task } from '@archer-nas/core';

/** What a job script is made of. */
export interface JobScript {
  /** Folder of the array; task 3 notes there, in `3.starts`, that it begins. */
  readonly folder: string;
  /** Lines of shell before each task: `module load nodejs`. */
  readonly setup: readonly string[];
  readonly tasks: readonly Task[];
}

/**
 * The script that every task of a job array runs. `exec` puts the task in the place of the shell,
 * so that the signals of Slurm reach it, and Slurm gets its exit code.
 */
export function jobScript({ folder, setup, tasks }: JobScript): string {
  const cases = tasks.map(({ command }, i) => `${i}) exec ${command.map(quoted).join(' ')} ;;`);
  return `${[
    '#!/bin/sh',
    '# Written by the launcher "slurm" of Archer.',
    `echo "$SLURM_JOB_ID" >> ${quoted(folder)}/"$SLURM_ARRAY_TASK_ID".starts`,
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
