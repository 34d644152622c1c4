import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { JournalLine, LineReader, State } from '@archer-nas/core';
import { anchorSeq, field, isGoingOn, isReplaced, isRetry, parseLine } from './journal-reader.ts';

/** About so much of the journal is in memory at a time. */
const PIECE_BYTES = 256 * 1024;

const NEWLINE = 10;

/** Lines between two numbers that were computed again. */
interface Replaced {
  readonly after: number;
  readonly before: number;
  /** A rollback leaves the lines that tell of earlier ones. */
  readonly isRollback: boolean;
  /** An extension leaves the checkpoint that it begins with. */
  readonly keeps?: State;
}

/**
 * Reads the lines that count (those of `effectiveLines`) of a journal that may still grow, a
 * piece at a time. What a resume or a rollback replaced is left out, as far as that is in
 * the journal at the first `next`.
 */
export function journalLines(file: string): LineReader {
  const pieces = new Pieces(file);
  let replaced: readonly Replaced[] | undefined;
  return {
    next(after = -1) {
      replaced ??= replacedRanges(file);
      const ranges = replaced;
      for (;;) {
        const lines = pieces.next((text) => numberOf(text) > after);
        const counting = lines.filter((line) => !isOutdated(line, ranges));
        // A piece may hold no wanted line at all; only the end gives an empty one.
        if (counting.length > 0 || pieces.atEnd) return counting;
      }
    },
  };
}

/** A line's number, without checking the rest. */
function numberOf(text: string): number {
  return Number(/^\{"seq":(\d+),/.exec(text)?.[1] ?? Number.POSITIVE_INFINITY);
}

function isOutdated(line: JournalLine, replaced: readonly Replaced[]): boolean {
  if (!isReplaced(line)) return false;
  return replaced.some(({ after, before, isRollback, keeps }) => {
    const isKept = (isRollback && isRetry(line)) || line.seq === keeps;
    return line.seq > after && line.seq < before && !isKept;
  });
}

/** The same rules as those of `effectiveLines`, from the lines alone that they are about. */
function replacedRanges(file: string): Replaced[] {
  const ranges: Replaced[] = [];
  const pieces = new Pieces(file);
  let checkpoints: JournalLine[] = [];
  const replace = (after: number, { seq, event, body }: JournalLine): void => {
    const keeps = field(body, 'keeps');
    const kept = keeps === undefined ? {} : { keeps };
    ranges.push({ after, before: seq, isRollback: event === 'rollback', ...kept });
    checkpoints = checkpoints.filter((earlier) => earlier.seq <= after || earlier.seq === keeps);
  };
  while (!pieces.atEnd) {
    for (const line of pieces.next(mayReplace)) {
      const { event, body } = line;
      if (event === 'checkpoint') checkpoints.push(line);
      else if (isGoingOn(line)) replace(Number(field(body, 'after')), line);
      else if (isRetry(line) && event === 'rollback')
        replace(anchorSeq(checkpoints, Number(field(body, 'to'))), line);
    }
  }
  return ranges;
}

const mayReplace = (text: string): boolean =>
  /"event":"(?:resume|extend|rollback|checkpoint)"/.test(text);

/** The sound lines of a file from its beginning, until the first that is not. */
class Pieces {
  readonly #file: string;
  #offset = 0;
  /** True when nothing was behind the last piece. */
  atEnd = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** The wanted lines of the next piece; the others are not even parsed. */
  next(isWanted: (text: string) => boolean): JournalLine[] {
    const from = this.#offset;
    const { content, isLast } = readPiece(this.#file, from);
    this.atEnd = isLast;
    const lines: JournalLine[] = [];
    for (let start = 0; ; ) {
      const end = content.indexOf(NEWLINE, start);
      if (end < 0) return lines;
      const text = content.toString('utf8', start, end);
      if (isWanted(text)) {
        const line = parseLine(text);
        if (line === undefined) return this.#stop(lines);
        lines.push(line);
      }
      start = end + 1;
      this.#offset = from + start;
    }
  }

  #stop(lines: JournalLine[]): JournalLine[] {
    this.atEnd = true;
    return lines;
  }
}

/** A piece that holds one complete line at least, where there is one. */
function readPiece(file: string, offset: number): { content: Buffer; isLast: boolean } {
  const descriptor = openSync(file, 'r');
  try {
    for (let bytes = PIECE_BYTES; ; bytes *= 4) {
      const left = Math.max(0, fstatSync(descriptor).size - offset);
      const content = Buffer.alloc(Math.min(bytes, left));
      const read = readSync(descriptor, content, 0, content.length, offset);
      const isLast = left <= bytes;
      if (isLast || content.includes(NEWLINE))
        return { content: content.subarray(0, read), isLast };
    }
  } finally {
    closeSync(descriptor);
  }
}
