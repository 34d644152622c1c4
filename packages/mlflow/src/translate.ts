import { isTurn, type JournalLine, studyOf } from '@archer-nas/core';
import { safeKey } from './limits.ts';
import type { KeyValue, Metric } from './wire.ts';

/** What one journal line means to MLflow. */
export interface Entry {
  readonly seq: number;
  readonly points: readonly Metric[];
  /** Points from here on may repeat points that were sent before. */
  readonly again?: true;
  /** A tag that tells what happened before. */
  readonly note?: KeyValue;
}

/** The values of a key at the greatest step so far. */
interface Latest {
  readonly step: number;
  readonly values: number[];
}

/**
 * Turns a journal's lines, all that count and in their order, into metric points. A search's
 * metrics keep their names and come by its progress. A study `study:0:rank` is asked of a
 * search, perhaps more than once: its answers are `rank.0/<name>` by the search's progress,
 * and what it measures on the way is `rank.0.steps/<name>` by its own, which goes on counting
 * when it is asked again.
 *
 * A point depends on the lines before it alone, its time included (the last time that the
 * journal names): whoever reads the journal, whenever, makes the same point. What has the
 * same key, step and value as an earlier one is left out.
 */
export class Translator {
  #timeMs: number;
  readonly #asked = new Map<string, number>();
  readonly #latest = new Map<string, Latest>();
  #turn: Pick<Entry, 'again' | 'note'> = {};

  /** @param startedMs when the run began, for lines before the first that names a time */
  constructor(startedMs: number) {
    this.#timeMs = startedMs;
  }

  /** The time of the last line, milliseconds since 1970. */
  get timeMs(): number {
    return this.#timeMs;
  }

  /** The metrics of the next line, or `undefined` when it has none that are new. */
  next(line: JournalLine): Entry | undefined {
    const { body } = line;
    if (!isTree(body)) return undefined;
    if (typeof body.timeMs === 'number' && Number.isSafeInteger(body.timeMs))
      this.#timeMs = body.timeMs;
    if (isTurn(line)) this.#turnBack(line, body);
    if (line.kind !== 'science') return undefined;
    const step = this.#stepOf(line, body);
    if (!isTree(body.metrics)) return undefined;
    const points = Object.entries(body.metrics)
      .filter((entry): entry is [string, number] => typeof entry[1] === 'number')
      .map(([name, value]) => ({
        key: metricKey(line, name),
        value,
        timestamp: this.#timeMs,
        step,
      }))
      .filter((point) => this.#isNew(point));
    if (points.length === 0) return undefined;
    const entry = { seq: line.seq, points, ...this.#turn };
    this.#turn = {};
    return entry;
  }

  #turnBack({ event, seq }: JournalLine, body: Tree): void {
    this.#latest.clear();
    const value = `to step ${String(body.to)}, by journal line ${seq}`;
    const note = event === 'rollback' ? { note: { key: 'archer.rolled-back', value } } : {};
    this.#turn = { ...this.#turn, again: true, ...note };
  }

  /** A study's result says in `searchAt` where the search was. */
  #stepOf({ job, event, at }: JournalLine, body: Tree): number {
    const own = whole(at);
    if (job === 'search') return own;
    const before = this.#asked.get(job) ?? 0;
    if (event !== 'result') return before + own;
    this.#asked.set(job, before + own);
    return typeof body.searchAt === 'number' ? whole(body.searchAt) : own;
  }

  #isNew({ key, step, value }: Metric): boolean {
    const latest = this.#latest.get(key);
    if (latest === undefined || step > latest.step) {
      this.#latest.set(key, { step, values: [value] });
      return true;
    }
    if (latest.values.some((known) => Object.is(known, value)) && latest.step === step)
      return false;
    if (latest.step === step) latest.values.push(value);
    return true;
  }
}

/** The key under which a line's metric is shown. */
export function metricKey({ job, event }: JournalLine, name: string): string {
  const study = studyOf(job);
  if (study === undefined) return safeKey(name);
  const group = `${study.id}.${study.index}`;
  return safeKey(event === 'result' ? `${group}/${name}` : `${group}.steps/${name}`);
}

function whole(place: number | undefined): number {
  return Number.isFinite(place) ? Math.trunc(place ?? 0) : 0;
}

type Tree = Readonly<Record<string, unknown>>;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
