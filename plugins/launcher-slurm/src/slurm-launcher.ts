import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { LaunchContext, Launcher, Task, TaskEnd } from '@archer-nas/core';
import { ArrayFolder } from './array-folder.ts';
import { type ArrayTask, JobArray } from './job-array.ts';
import { jobScript } from './job-script.ts';
import { look, submit } from './slurm.ts';
import { hasEnded, judgeTask } from './verdict.ts';

/** Options of {@link slurmLauncher}. */
export interface SlurmOptions {
  /** At most so many tasks at once. */
  readonly processes: number;
  /** How often a task is submitted again that died. */
  readonly retries: number;
  /** Processors of each task. */
  readonly cpus: number;
  readonly memory?: string | undefined;
  readonly time?: string | undefined;
  readonly partition?: string | undefined;
  readonly account?: string | undefined;
  /** Further options of `sbatch`. */
  readonly sbatch: readonly string[];
  /** Lines of shell before each task. */
  readonly setup: readonly string[];
  /** Seconds between two looks at the queue. */
  readonly poll: number;
}

/** The most tasks of one array: `MaxArraySize` is 1001 unless a site has changed it. */
const MAX_TASKS = 1000;

/**
 * Runs tasks as job arrays of Slurm. Slurm itself starts a task again whose node failed or which
 * was preempted; what died otherwise is submitted again in a further array, once the first is
 * over. Whether a task is finished its result says, not Slurm: no accounting is needed.
 */
export function slurmLauncher(options: SlurmOptions): Launcher {
  return {
    description: `job arrays of Slurm, at most ${options.processes} tasks at once`,
    launch: (tasks, context) => new Launch(options, tasks, context).run(),
  };
}

/** A launch under way. */
class Launch {
  readonly #options: SlurmOptions;
  readonly #tasks: readonly Task[];
  readonly #context: LaunchContext;
  readonly #ends = new Map<Task, TaskEnd>();
  readonly #attempts = new Map<Task, number>();

  constructor(options: SlurmOptions, tasks: readonly Task[], context: LaunchContext) {
    this.#options = options;
    this.#tasks = tasks;
    this.#context = context;
  }

  async run(): Promise<readonly TaskEnd[]> {
    for (const task of this.#tasks) {
      this.#attempts.set(task, 0);
      if (this.#context.finished(task)) this.#end(task, { status: 'finished' });
    }
    const parent = join(dirname(this.#tasks[0]?.folder ?? '.'), 'slurm');
    for (const array of await this.#earlier(parent)) await this.#follow(array);
    for (let wave = this.#wave(); wave.length > 0; wave = this.#wave()) {
      await this.#follow(await this.#submit(wave, parent));
    }
    for (const task of this.#open()) this.#end(task, { status: 'stopped', reason: 'interrupted' });
    return this.#tasks.map((task) => this.#ends.get(task) as TaskEnd);
  }

  /** Tasks without an end. */
  #open(): readonly Task[] {
    return this.#tasks.filter((task) => !this.#ends.has(task));
  }

  /** What the next array is made of. The tasks of an array share their variables. */
  #wave(): readonly Task[] {
    if (this.#context.signal.aborted) return [];
    const [first, ...others] = this.#open();
    if (first === undefined) return [];
    const alike = others.filter(({ env }) => sameVariables(env, first.env));
    return [first, ...alike].slice(0, MAX_TASKS);
  }

  /** Arrays of a launch that was killed and whose tasks Slurm still has. */
  async #earlier(parent: string): Promise<readonly JobArray[]> {
    const arrays: JobArray[] = [];
    for (const folder of ArrayFolder.unended(parent)) {
      const { job, folders } = folder.record;
      const queue = await look(job);
      const theirs = this.#open().flatMap((task) => {
        const index = folders.indexOf(task.folder);
        return index < 0 || hasEnded(queue.get(index)) ? [] : [[index, task] as const];
      });
      if (theirs.length > 0) arrays.push(new JobArray(job, folder, new Map(theirs)));
    }
    return arrays;
  }

  async #submit(tasks: readonly Task[], parent: string): Promise<JobArray> {
    const before = tasks.map(({ folder }) => ArrayFolder.attempts(parent, folder));
    const folder = ArrayFolder.next(parent);
    folder.write(jobScript({ folder: folder.root, setup: this.#options.setup, tasks }), before);
    const env = { ...process.env, ...tasks[0]?.env };
    const job = await submit(folder.script, this.#arguments(folder, tasks.length), env);
    folder.submitted({ job, folders: tasks.map(({ folder }) => folder) });
    return new JobArray(job, folder, new Map(tasks.entries()));
  }

  #arguments(folder: ArrayFolder, count: number): readonly string[] {
    const { processes, cpus, memory, time, partition, account, sbatch } = this.#options;
    const pattern = folder.root.replaceAll('%', '%%');
    const given = (option: string, value: string | undefined): readonly string[] =>
      value === undefined ? [] : [`--${option}=${value}`];
    return [
      `--array=0-${count - 1}%${processes}`,
      ...['--job-name=archer', '--requeue', '--open-mode=append', `--cpus-per-task=${cpus}`],
      ...[`--output=${pattern}/%a.out`, `--error=${pattern}/%a.err`],
      ...given('mem', memory),
      ...given('time', time),
      ...given('partition', partition),
      ...given('account', account),
      ...sbatch,
    ];
  }

  /** Waits for the end of an array; when the launch is aborted, for its processes to stop. */
  async #follow(array: JobArray): Promise<void> {
    const { signal, onEvent } = this.#context;
    const begun = ({ task, starts }: ArrayTask): void => {
      if (starts > 1) onEvent?.({ type: 'again', task, reason: 'started again by Slurm' });
      const attempt = (this.#attempts.get(task) as number) + 1;
      this.#attempts.set(task, attempt);
      onEvent?.({ type: 'start', task, attempt });
    };
    const ended = (task: ArrayTask): void => this.#judge(task);
    for (;;) {
      if (signal.aborted) await array.cancel();
      if (await array.look({ onEvent, begun, ended })) return;
      await pause(this.#options.poll, signal);
    }
  }

  #judge({ task, queued, words }: ArrayTask): void {
    const { finished, signal, onEvent } = this.#context;
    const verdict = judgeTask(queued, words);
    const attempts = this.#attempts.get(task) as number;
    if (finished(task)) this.#end(task, { status: 'finished' });
    else if (signal.aborted) this.#end(task, { status: 'stopped', reason: 'interrupted' });
    else if (verdict.status !== 'died') this.#end(task, verdict);
    else if (attempts <= this.#options.retries) {
      onEvent?.({ type: 'again', task, reason: verdict.reason });
    } else this.#end(task, { status: 'failed', reason: verdict.reason });
  }

  #end(task: Task, end: OneEnd): void {
    const whole = { task, attempts: this.#attempts.get(task) ?? 0, ...end } as TaskEnd;
    this.#ends.set(task, whole);
    this.#context.onEvent?.({ type: 'end', end: whole });
  }
}

/** An end without whose it is. */
type OneEnd =
  | { readonly status: 'finished' }
  | { readonly status: 'failed'; readonly reason: string; readonly exitCode?: number }
  | { readonly status: 'stopped'; readonly reason: 'interrupted' | 'time-up' };

/** Ends early when the launch is aborted; then it waits, so that Slurm is not asked at once. */
async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  const options = signal.aborted ? {} : { signal };
  await wait(seconds * 1000, undefined, options).catch(() => {});
}

function sameVariables(a: Task['env'] = {}, b: Task['env'] = {}): boolean {
  const text = (env: NonNullable<Task['env']>) => JSON.stringify(Object.entries(env).sort());
  return text(a) === text(b);
}
