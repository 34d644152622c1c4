import {
  type LastWords,
  type LaunchContext,
  type Task,
  LastWords as Words,
} from '@archer-nas/core';
import type { ArrayFolder, GrowingFile } from './array-folder.ts';
import { cancel, look, type QueuedTask } from './slurm.ts';
import { hasEnded } from './verdict.ts';

/** A task of an array: where it stands, and what it has printed. */
export interface ArrayTask {
  readonly task: Task;
  readonly index: number;
  readonly words: LastWords;
  /** As Slurm had it at the last look; absent: not known. */
  queued?: QueuedTask | undefined;
  /** Processes that it has had in this array. */
  starts: number;
  ended: boolean;
}

/** What a task prints. */
type Output = Readonly<Record<'out' | 'err', GrowingFile>>;

/** What following an array tells. */
export interface ArrayEvents extends Pick<LaunchContext, 'onEvent'> {
  /** A process of the task has begun. */
  readonly begun: (task: ArrayTask) => void;
  readonly ended: (task: ArrayTask) => void;
}

/** Tasks of a launch that are one job array. */
export class JobArray {
  readonly #tasks: readonly (ArrayTask & Output)[];
  readonly #job: string;
  readonly #folder: ArrayFolder;
  readonly #noted = new Set<string>();

  constructor(job: string, folder: ArrayFolder, tasks: ReadonlyMap<number, Task>) {
    this.#job = job;
    this.#folder = folder;
    this.#tasks = [...tasks].map(([index, task]) => ({
      ...{ task, index, words: new Words(), starts: 0, ended: false },
      ...folder.output(index),
    }));
  }

  /** Looks once at all tasks. @returns whether all are over */
  async look(events: ArrayEvents): Promise<boolean> {
    let queue: ReadonlyMap<number, QueuedTask>;
    try {
      queue = await look(this.#job);
    } catch (error) {
      // A controller that restarts: the tasks run on, and so does the launch.
      this.#note((this.#tasks[0] as ArrayTask).task, (error as Error).message, events);
      return false;
    }
    for (const task of this.#tasks) if (!task.ended) this.#update(task, queue, events);
    if (this.#tasks.some(({ ended }) => !ended)) return false;
    // An array of an earlier launch may have tasks that are not of this one.
    if ([...queue.values()].every(hasEnded)) this.#folder.ended();
    return true;
  }

  /** Tells all tasks to stop; `look` goes on until they have. */
  async cancel(): Promise<void> {
    await cancel(this.#job).catch(() => {}); // tried again at the next look
  }

  #update(
    task: ArrayTask & Output,
    queue: ReadonlyMap<number, QueuedTask>,
    events: ArrayEvents,
  ): void {
    const before = task.queued;
    const now = queue.get(task.index);
    task.queued = now;
    // A node that fails shows as an end for a moment, before its tasks wait again.
    task.ended = hasEnded(now) && before !== undefined && hasEnded(before);
    for (const starts = this.#folder.starts(task.index); task.starts < starts; ) {
      task.starts += 1;
      events.begun(task);
    }
    this.#pass(task, events);
    if (now !== undefined && /held/i.test(now.reason)) {
      const id = `${this.#job}_${task.index}`;
      this.#note(task.task, `held: ${now.reason}; scontrol release ${id} lets it run`, events);
    }
    if (task.ended) events.ended(task);
  }

  /** Passes on what a task has printed since the last look. */
  #pass({ task, words, out, err, ended }: ArrayTask & Output, { onEvent }: ArrayEvents): void {
    for (const line of out.lines(ended)) onEvent?.({ type: 'line', task, line, error: false });
    for (const line of err.lines(ended)) {
      words.hear(line);
      onEvent?.({ type: 'line', task, line, error: true });
    }
  }

  /** Says something once. */
  #note(task: Task, line: string, { onEvent }: ArrayEvents): void {
    if (this.#noted.has(line)) return;
    this.#noted.add(line);
    onEvent?.({ type: 'line', task, line: `warning ${line}`, error: true });
  }
}
