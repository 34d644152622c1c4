import type { JournalLine } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { memoryOutbox } from './outbox.ts';
import { translate } from './translate.ts';

const line = (seq: number, names = ['a']): JournalLine => ({
  seq,
  kind: 'science',
  job: 'search',
  event: 'step',
  at: seq,
  body: { metrics: Object.fromEntries(names.map((name) => [name, seq])) },
});
const lines = (from: number, to: number, names?: string[]) =>
  Array.from({ length: to - from }, (_, i) => line(from + i, names));
const seqs = (entries: readonly { seq: number }[]) => entries.map(({ seq }) => seq);

describe('memoryOutbox', () => {
  it('gives the oldest entries until they are acknowledged', () => {
    const outbox = memoryOutbox();
    outbox.push(lines(0, 5), 7);
    expect(seqs(outbox.peek(3))).toEqual([0, 1, 2]);
    expect(seqs(outbox.peek(3))).toEqual([0, 1, 2]);
    outbox.ack(2);
    expect(seqs(outbox.peek(3))).toEqual([3, 4]);
    expect(outbox.pending).toEqual({ points: 2, firstSeq: 3, lastSeq: 4 });
    outbox.ack(4);
    expect([outbox.peek(3), outbox.pending]).toEqual([[], { points: 0 }]);
  });

  it('never splits a line, even one larger than the limit', () => {
    const outbox = memoryOutbox();
    outbox.push(lines(0, 3, ['a', 'b']), 7);
    expect(seqs(outbox.peek(3))).toEqual([0]);
    expect(seqs(outbox.peek(1))).toEqual([0]);
    expect(seqs(outbox.peek(4))).toEqual([0, 1]);
  });

  it('keeps order and counts over many acknowledgements', () => {
    const outbox = memoryOutbox();
    const sent: number[] = [];
    for (let round = 0; round < 50; round++) {
      outbox.push(lines(round * 100, round * 100 + 100), 7);
      const batch = seqs(outbox.peek(90));
      sent.push(...batch);
      outbox.ack(batch.at(-1) ?? -1);
    }
    expect(sent).toEqual(Array.from({ length: 4500 }, (_, i) => i));
    expect(outbox.pending).toEqual({ points: 500, firstSeq: 4500, lastSeq: 4999 });
  });

  it('counts what it has no room for', () => {
    const outbox = memoryOutbox(3);
    outbox.push(lines(0, 5), 7);
    expect(outbox.pending).toEqual({ points: 3, firstSeq: 0, lastSeq: 2 });
    expect(outbox.dropped).toEqual({ points: 2, firstSeq: 3, lastSeq: 4 });
  });
});

describe('translate', () => {
  it.each([
    { ...line(1), kind: 'telemetry' as const },
    { ...line(1), body: null },
    { ...line(1), body: [1] },
    { ...line(1), body: { metrics: 'x' } },
    { ...line(1), body: { metrics: { a: 'x' } } },
  ])('has nothing to show of line %#', (odd) => {
    expect(translate(odd, 7)).toBeUndefined();
  });

  it('puts a line without a sound progress at step 0', () => {
    const { at: _, ...without } = line(1);
    for (const odd of [without, { ...line(1), at: Number.NaN }])
      expect(translate(odd, 7)?.points).toEqual([{ key: 'a', value: 1, timestamp: 7, step: 0 }]);
  });
});
