import { printable, printableLines } from '@archer-nas/report';
import type { RunEvent } from '@archer-nas/runtime';
import { Presets, SingleBar } from 'cli-progress';
import type { Output } from './output.ts';

const PLAIN_EVERY_SECONDS = 10;

/** Follows a run: a bar with the remaining time on a terminal, plain lines elsewhere. */
export interface ProgressView {
  onEvent(event: RunEvent): void;
  /** Ends the bar; safe to call twice. */
  stop(): void;
}

/** Chooses by what the output is. JSON mode is silent. */
export function createProgress(output: Output): ProgressView {
  if (output.json) return { onEvent: () => {}, stop: () => {} };
  return output.terminal ? barView(output) : plainView(output);
}

function plainView(output: Output): ProgressView {
  const clocks = new JobClocks();
  const none = { job: '', seconds: 0 };
  let last = none;
  return {
    stop: () => {},
    onEvent(event) {
      say(event, output);
      if (event.type === 'job') {
        clocks.start(event);
        last = none;
      }
      if (event.type !== 'step') return;
      const { done, total, unit } = event.progress;
      const { seconds, left } = clocks.of(event);
      const isSoon = last.job === event.job && seconds - last.seconds < PLAIN_EVERY_SECONDS;
      if (done < total && isSoon) return;
      last = { job: event.job, seconds };
      const rest = done < total ? `, ${duration(left)} left` : '';
      output.line(`${event.job}: ${done}/${total} ${unit}s${rest}${figures(event)}`);
    },
  };
}

function barView(output: Output): ProgressView {
  const clocks = new JobClocks();
  const format = '{job} [{bar}] {value}/{total} {unit}s, {left} left{figures}';
  let shown: { readonly job: string; readonly bar: SingleBar } | undefined;
  const stop = (): void => {
    shown?.bar.stop();
    shown = undefined;
  };
  const show = ({ job, progress: { done, total, unit } }: OfJob): SingleBar => {
    if (shown?.job === job) return shown.bar;
    stop();
    const bar = new SingleBar({ format, hideCursor: true, fps: 5 }, Presets.shades_classic);
    bar.start(total, done, { job, unit, left: '?', figures: '' });
    shown = { job, bar };
    return bar;
  };
  return {
    stop,
    onEvent(event) {
      if (event.type === 'step') {
        const left = duration(clocks.of(event).left);
        show(event).update(event.progress.done, { left, figures: figures(event) });
        return;
      }
      if (event.type === 'checkpoint') return;
      stop();
      say(event, output);
      if (event.type !== 'job') return;
      clocks.start(event);
      show(event);
    },
  };
}

/** The events that are lines in both views. */
function say(event: RunEvent, output: Output): void {
  if (event.type === 'resolved') {
    const { name, title } = event.resolved.manifest;
    output.line(printable(`${name}${title === undefined ? '' : `: ${title}`}`));
    if (event.engine !== undefined) output.line(printable(`engine: ${event.engine.description}`));
  } else if (event.type === 'log') output.line(printableLines(event.line));
  else if (event.type === 'warning') output.note(`warning: ${event.message}`);
  else if (event.type === 'task-line') {
    const line = printable(`${event.task} | ${event.line}`);
    if (event.error) output.note(line);
    else output.line(line);
  } else if (event.type === 'seed') {
    const resumed = event.resumed ? ', resumed' : '';
    output.line(printable(`seed ${event.seed}${resumed}: ${event.folder}`));
  } else if (event.type === 'result' && event.before) {
    const again = 'nothing is computed; --new-attempt runs it once more';
    const { folder } = event.record;
    output.line(printable(`seed ${event.seed} is finished already, ${again}: ${folder}`));
  }
}

/** The first figures of a report, short. */
function figures({ report }: Extract<RunEvent, { type: 'step' }>): string {
  const metrics = Object.entries(report.metrics ?? {}).slice(0, 3);
  return metrics.map(([name, value]) => `, ${printable(name)} ${short(value)}`).join('');
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}

/** What events of a job's progress have. */
type OfJob = Pick<Extract<RunEvent, { type: 'job' }>, 'job' | 'progress'>;

/**
 * Remaining time from the pace since this process began a job. A search keeps its clock while
 * studies look at it: their time is part of its pace.
 */
class JobClocks {
  readonly #begun = new Map<string, { readonly at: bigint; readonly done: number }>();

  start({ job, progress: { done } }: OfJob): void {
    this.#begun.set(job, { at: process.hrtime.bigint(), done });
  }

  /** Seconds since its begin, and those that are left; `NaN` when nothing is done yet. */
  of({ job, progress: { done, total } }: OfJob): {
    readonly seconds: number;
    readonly left: number;
  } {
    const begun = this.#begun.get(job);
    if (begun === undefined) return { seconds: 0, left: Number.NaN };
    const seconds = Number(process.hrtime.bigint() - begun.at) / 1e9;
    const made = done - begun.done;
    return { seconds, left: made <= 0 ? Number.NaN : (seconds / made) * (total - done) };
  }
}

/** `1 h 05 min`, `4 min 10 s`, `12 s`; `?` when unknown. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, '0')} min`;
  return minutes > 0 ? `${minutes} min ${String(rest).padStart(2, '0')} s` : `${rest} s`;
}
