/**
 * A unit of work for a process of its own: a seed, a point of a sweep, a training by itself.
 * It is data, so that it can be written into a job script. Running its command again goes on
 * where it stopped, and does nothing once it is finished: to try again needs no state.
 */
export interface Task {
  /** What messages call it: `seed 3`. Tasks of one launch differ in name and folder. */
  readonly name: string;
  /** A command line of `archer`: the program, then its arguments. Paths in it are absolute. */
  readonly command: readonly [program: string, ...args: string[]];
  /**
   * Variables that its process gets besides its surroundings. They may be secrets: a launcher
   * writes them nowhere, and puts them into no command line, which other users can read.
   */
  readonly env?: Readonly<Record<string, string>>;
  /** Its run folder: what is in there says whether the task is finished. */
  readonly folder: string;
}

/** How a task ended. `attempts` counts the processes that this launch started for it. */
export type TaskEnd = { readonly task: Task; readonly attempts: number } & (
  | { readonly status: 'finished' }
  /** `exitCode` is that of a process which gave up by itself; absent: it was killed. */
  | { readonly status: 'failed'; readonly reason: string; readonly exitCode?: number }
  /** Nothing is lost: the same task goes on from here. */
  | { readonly status: 'stopped'; readonly reason: 'interrupted' | 'time-up' }
);

/** What a launcher tells while it works. Handlers must not throw. */
export type LaunchEvent =
  /** A process begins with a task; `attempt` counts from 1. */
  | { readonly type: 'start'; readonly task: Task; readonly attempt: number }
  /** A whole line that a task's process has printed. */
  | { readonly type: 'line'; readonly task: Task; readonly line: string; readonly error: boolean }
  /** A process died, and the task will be started again. */
  | { readonly type: 'again'; readonly task: Task; readonly reason: string }
  | { readonly type: 'end'; readonly end: TaskEnd };

/** What surrounds a launch. */
export interface LaunchContext {
  /** Whether a task's result is there. Asked before a task is started, and after each attempt. */
  readonly finished: (task: Task) => boolean;
  /** Aborts: every process ends its step, saves a checkpoint and stops. */
  readonly signal: AbortSignal;
  /** Threads for all processes of a machine together; absent: as many as it has cores. */
  readonly threads?: number | undefined;
  readonly onEvent?: ((event: LaunchEvent) => void) | undefined;
}

/**
 * Runs tasks in other processes, here or on a cluster. A process that was killed is started
 * again, which resumes its task; one that gives up by itself is not. A task that fails stops no
 * other. When `launch` is over, none of its processes runs any more.
 */
export interface Launcher {
  /** One line for people: how many at once, where. */
  readonly description: string;
  /** @returns one end for each task, in the order of the tasks */
  launch(tasks: readonly Task[], context: LaunchContext): Promise<readonly TaskEnd[]>;
}
