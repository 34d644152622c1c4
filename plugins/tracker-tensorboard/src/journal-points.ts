import { type JournalLine, studyOf } from '@archer-nas/core';
import type { Point } from './event-record.ts';

type Tree = Readonly<Record<string, unknown>>;

/**
 * Turns a journal's lines, all that count and in their order, into points. A search's metrics keep
 * their names and come by its progress. The answers of a study `study:0:rank` are `rank.0/<name>`
 * by the search's progress when it was asked; what it measures on the way is `rank.0.steps/<name>`
 * by its own, which goes on counting when it is asked again. What a search answers at its end is
 * left out where its last step has said a value of that name.
 */
export class JournalPoints {
  #timeMs: number;
  readonly #asked = new Map<string, number>();
  /** The step of each tag's last point. */
  readonly #latest = new Map<string, number>();

  /** @param startedMs when the run began, for lines before the first that names a time */
  constructor(startedMs: number) {
    this.#timeMs = startedMs;
  }

  /** The points of the next line; none of a line without metrics. */
  of(line: JournalLine): readonly Point[] {
    const { kind, body } = line;
    if (!isTree(body)) return [];
    if (typeof body.timeMs === 'number') this.#timeMs = body.timeMs;
    if (kind !== 'science') return [];
    const step = this.#stepOf(line, body);
    if (!isTree(body.metrics)) return [];
    const isAnswer = line.job === 'search' && line.event === 'result';
    return Object.entries(body.metrics).flatMap(([name, value]) => {
      const tag = `${groupOf(line)}${name}`;
      if (typeof value !== 'number' || (isAnswer && this.#latest.get(tag) === step)) return [];
      this.#latest.set(tag, step);
      return [{ tag, step, value, timeMs: this.#timeMs }];
    });
  }

  #stepOf({ job, event, at }: JournalLine, body: Tree): number {
    const own = whole(at);
    if (job === 'search') return own;
    const before = this.#asked.get(job) ?? 0;
    if (event !== 'result') return before + own;
    this.#asked.set(job, before + own);
    return whole(body.searchAt);
  }
}

function groupOf({ job, event }: JournalLine): string {
  const study = studyOf(job);
  if (study === undefined) return '';
  const group = `${study.id}.${study.index}`;
  return event === 'result' ? `${group}/` : `${group}.steps/`;
}

function whole(value: unknown): number {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value) ? Math.trunc(value) : 0;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
