import type { SearchSpace, TimedBlock } from '@archer-nas/core';

/** How long the options of a space's decisions take. */
export interface BlockTimes {
  /** What every network has, in milliseconds. */
  readonly base: number;
  /** By decision and option, summed over the decision's places; 0 for what computes nothing. */
  readonly perChoice: readonly (readonly number[])[];
  /** How many blocks were timed. */
  readonly blocks: number;
}

/** How blocks are timed. */
export interface Timing {
  /** Runs that count. */
  readonly repeats: number;
  /** Runs before, which do not. */
  readonly warmUp: number;
  /** Milliseconds from any moment on. */
  readonly now: () => number;
}

/** The median time of every block, added up. */
export function timeBlocks(
  { decisions = [] }: Pick<SearchSpace<never>, 'decisions'>,
  blocks: Iterable<TimedBlock>,
  timing: Timing,
): BlockTimes {
  const perChoice = decisions.map(({ options = [] }) => options.map(() => 0));
  let [base, count] = [0, 0];
  for (const { decision, option, run } of blocks) {
    const time = medianTime(run, timing);
    count += 1;
    const row = decision === undefined ? undefined : perChoice[decision];
    if (row === undefined || option === undefined) base += time;
    else row[option] = (row[option] ?? 0) + time;
  }
  return { base, perChoice, blocks: count };
}

function medianTime(run: () => void, { repeats, warmUp, now }: Timing): number {
  for (let i = 0; i < warmUp; i++) run();
  const times = Array.from({ length: repeats }, () => {
    const start = now();
    run();
    return now() - start;
  }).sort((a, b) => a - b);
  const half = (repeats - 1) / 2;
  return ((times[Math.floor(half)] ?? 0) + (times[Math.ceil(half)] ?? 0)) / 2;
}

/** What a table of times was measured with; in every one of its lines. */
export interface Measured {
  readonly device: string;
  readonly engine: string;
  readonly batch: number;
  readonly image: number;
  readonly repeats: number;
}

/** The header of the file that {@link latencyCsv} writes. */
export const LATENCY_COLUMNS = [
  ...['decision', 'option', 'milliseconds'],
  ...['device', 'engine', 'batch', 'image', 'repeats'],
] as const;

/** A line per decision and option, after one for the base, whose decision is `base`. */
export function latencyCsv(
  { decisions = [] }: Pick<SearchSpace<never>, 'decisions'>,
  { base, perChoice }: BlockTimes,
  { device, engine, batch, image, repeats }: Measured,
): string {
  const circumstances = [plain(device), plain(engine), batch, image, repeats];
  const line = (decision: string, option: string, time: number): string =>
    [decision, option, time.toFixed(6), ...circumstances].join(',');
  const lines = decisions.flatMap(({ name, options = [] }, at) =>
    options.map((option, i) => line(name, option, perChoice[at]?.[i] ?? 0)),
  );
  return `${[LATENCY_COLUMNS.join(','), line('base', '', base), ...lines].join('\n')}\n`;
}

/** Without what would need quotes. */
function plain(text: string): string {
  return text.replace(/[",\r\n]+/g, ' ').trim();
}
