import type { JournalLine } from '@archer-nas/core';
import { type Entry, translate } from './translate.ts';

/**
 * Where journal lines wait until the server has them. The sender reads with `peek` and, when
 * the server has answered, moves on with `ack`; nothing is lost in between. This one is
 * memory; one that reads the journal itself from a stored sequence number is durable and
 * needs no other sender.
 */
export interface Outbox {
  /** @param timestamp when the lines were committed, milliseconds since 1970 */
  push(lines: readonly JournalLine[], timestamp: number): void;
  /** The oldest entries that together have at most `points` points, but at least one entry. */
  peek(points: number): readonly Entry[];
  /** Forgets everything up to and with this sequence number. */
  ack(seq: number): void;
  /** What is waiting. */
  readonly pending: Waiting;
  /** What was turned away because too much was waiting. */
  readonly dropped: Waiting;
}

/** A number of metric points, and the journal lines they come from. */
export interface Waiting {
  readonly points: number;
  readonly firstSeq?: number;
  readonly lastSeq?: number;
}

const NOTHING: Waiting = { points: 0 };
/** About 100 MB; a run that is this far ahead of its server keeps the rest in its journal. */
const MAX_POINTS = 500_000;

/** An outbox in memory. When `maxPoints` wait, newer lines are counted as dropped. */
export function memoryOutbox(maxPoints = MAX_POINTS): Outbox {
  let entries: Entry[] = [];
  let head = 0;
  let points = 0;
  let dropped = NOTHING;

  const add = (entry: Entry): void => {
    if (points + entry.points.length > maxPoints) {
      dropped = grow(dropped, entry);
      return;
    }
    entries.push(entry);
    points += entry.points.length;
  };

  return {
    push(lines, timestamp) {
      for (const line of lines) {
        const entry = translate(line, timestamp);
        if (entry) add(entry);
      }
    },
    peek(limit) {
      let end = head;
      let sum = 0;
      for (let entry = entries[end]; entry; entry = entries[++end]) {
        sum += entry.points.length;
        if (sum > limit && end > head) break;
      }
      return entries.slice(head, end);
    },
    ack(seq) {
      for (let entry = entries[head]; entry && entry.seq <= seq; entry = entries[++head])
        points -= entry.points.length;
      // Cutting the array at every ack would copy it each time.
      if (head > 1000 && head * 2 > entries.length) {
        entries = entries.slice(head);
        head = 0;
      }
    },
    get pending() {
      const [first, last] = [entries[head], entries.at(-1)];
      return first && last ? { points, firstSeq: first.seq, lastSeq: last.seq } : NOTHING;
    },
    get dropped() {
      return dropped;
    },
  };
}

function grow(waiting: Waiting, entry: Entry): Waiting {
  const points = waiting.points + entry.points.length;
  return { points, firstSeq: waiting.firstSeq ?? entry.seq, lastSeq: entry.seq };
}
