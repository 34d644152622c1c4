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
  const clock = new JobClock();
  let last = Number.NEGATIVE_INFINITY;
  return {
    stop: () => {},
    onEvent(event) {
      say(event, output);
      if (event.type === 'job') clock.start(event.progress.done);
      if (event.type !== 'step') return;
      const { done, total, unit } = event.progress;
      const now = clock.seconds();
      if (done < total && now - last < PLAIN_EVERY_SECONDS && now >= last) return;
      last = now;
      const left = done < total ? `, ${duration(clock.left(done, total))} left` : '';
      output.line(`${event.job}: ${done}/${total} ${unit}s${left}${figures(event)}`);
    },
  };
}

function barView(output: Output): ProgressView {
  const clock = new JobClock();
  const format = '{job} [{bar}] {value}/{total} {unit}s, {left} left{figures}';
  let bar: SingleBar | undefined;
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    stop,
    onEvent(event) {
      if (event.type === 'step') {
        const { done, total } = event.progress;
        bar?.update(done, { left: duration(clock.left(done, total)), figures: figures(event) });
        return;
      }
      if (event.type === 'checkpoint') return;
      stop();
      say(event, output);
      if (event.type !== 'job') return;
      const { done, total, unit } = event.progress;
      clock.start(done);
      bar = new SingleBar({ format, hideCursor: true, fps: 5 }, Presets.shades_classic);
      bar.start(total, done, { job: event.job, unit, left: '?', figures: '' });
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

/** Remaining time from the pace since this process began the job. */
class JobClock {
  #start = process.hrtime.bigint();
  #from = 0;

  start(done: number): void {
    this.#start = process.hrtime.bigint();
    this.#from = done;
  }

  seconds(): number {
    return Number(process.hrtime.bigint() - this.#start) / 1e9;
  }

  left(done: number, total: number): number {
    const made = done - this.#from;
    return made <= 0 ? Number.NaN : (this.seconds() / made) * (total - done);
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
