import { RecordedRun } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { JournalOutbox } from './outbox.ts';
import { Translator } from './translate.ts';

const seqs = (entries: readonly { seq: number }[]) => entries.map(({ seq }) => seq);
const outboxOf = (run: RecordedRun, acked?: number, max?: number) =>
  new JournalOutbox({ lines: () => run.tracked().folder.lines(), startedMs: 0 }, acked, max);
/** Everything, batch by batch. */
async function drain(outbox: JournalOutbox, points: number): Promise<number[]> {
  const sent: number[] = [];
  for (;;) {
    const batch = seqs(await outbox.peek(points));
    if (batch.length === 0) return sent;
    sent.push(...batch);
    outbox.ack(batch.at(-1) ?? -1);
  }
}
const even = (n: number) => Array.from({ length: n }, (_, i) => 2 * i);

describe('an outbox', () => {
  it('gives the oldest entries until they are acknowledged', async () => {
    const run = new RecordedRun();
    run.steps(0, 3);
    const outbox = outboxOf(run);
    expect(seqs(await outbox.peek(2))).toEqual([0, 2]);
    expect(seqs(await outbox.peek(2))).toEqual([0, 2]);
    outbox.ack(2);
    expect(seqs(await outbox.peek(2))).toEqual([4]);
    outbox.ack(4);
    expect(await outbox.peek(2)).toEqual([]);
    expect([outbox.mayHaveMore, outbox.acked]).toEqual([false, 4]);
  });

  it('never splits a line, even one larger than the limit', async () => {
    const run = new RecordedRun();
    run.steps(0, 3, (a) => ({ a, b: a }));
    const outbox = outboxOf(run);
    for (const [limit, expected] of [
      [3, [0]],
      [1, [0]],
      [4, [0, 2]],
    ] as const)
      expect(seqs(await outbox.peek(limit))).toEqual(expected);
  });

  it('goes on behind what is acknowledged', async () => {
    const run = new RecordedRun();
    run.steps(0, 5);
    expect(await drain(outboxOf(run, 4), 10)).toEqual([6, 8]);
  });

  it('keeps a bounded number of points, and all of them come in order', async () => {
    const run = new RecordedRun();
    const outbox = outboxOf(run, -1, 50);
    expect(await drain(outbox, 10)).toEqual([]);
    let most = 0;
    const sent: number[] = [];
    for (let round = 0; round < 40; round++) {
      outbox.push(run.steps(round * 100, round * 100 + 100));
      most = Math.max(most, outbox.points);
      const batch = seqs(await outbox.peek(70));
      sent.push(...batch);
      outbox.ack(batch.at(-1) ?? -1);
    }
    sent.push(...(await drain(outbox, 70)));
    expect(sent).toEqual(even(4000));
    expect(most).toBeLessThanOrEqual(150);
  });

  it('reads nothing again while the server keeps up', async () => {
    const run = new RecordedRun();
    let pieces = 0;
    const lines = () => {
      const reader = run.tracked().folder.lines();
      const next = (after?: number) => {
        pieces++;
        return reader.next(after);
      };
      return { next };
    };
    const outbox = new JournalOutbox({ lines, startedMs: 0 });
    await drain(outbox, 10);
    const before = pieces;
    for (let step = 0; step < 100; step++) {
      outbox.push(run.steps(step, step + 1));
      expect(await drain(outbox, 10)).toEqual([2 * step]);
    }
    expect(pieces).toBe(before);
  });

  it('leaves out what a run computes again while it is watched, and marks what follows', async () => {
    const run = new RecordedRun();
    const outbox = outboxOf(run);
    outbox.push(run.steps(0, 5));
    outbox.ack((await outbox.peek(2)).at(-1)?.seq ?? -1);
    outbox.push(run.resume(5).slice(-1));
    outbox.push(run.steps(3, 5));
    const entries = await outbox.peek(10);
    expect(entries.map(({ seq, again }) => [seq, again])).toEqual([
      [4, undefined],
      [11, true],
      [13, undefined],
    ]);
  });

  it('gives everything again from an earlier line on', async () => {
    const run = new RecordedRun();
    run.steps(0, 5);
    const outbox = outboxOf(run);
    await drain(outbox, 2);
    outbox.startAfter(2);
    expect(await drain(outbox, 2)).toEqual([4, 6, 8]);
  });
});

describe('a translator', () => {
  const line = { seq: 1, kind: 'science', job: 'search', event: 'step', at: 1 } as const;
  const body = { metrics: { a: 1 } };

  it.each([
    { ...line, body, kind: 'telemetry' as const },
    { ...line, body: null },
    { ...line, body: [1] },
    { ...line, body: { metrics: 'x' } },
    { ...line, body: { metrics: { a: 'x' } } },
  ])('has nothing to show of line %#', (odd) => {
    expect(new Translator(7).next(odd)).toBeUndefined();
  });

  it('puts a line without a sound progress at step 0', () => {
    const { at: _, ...without } = line;
    for (const odd of [without, { ...line, at: Number.NaN }])
      expect(new Translator(7).next({ ...odd, body })?.points).toEqual([
        { key: 'a', value: 1, timestamp: 7, step: 0 },
      ]);
  });

  it('shows a point once that a step and the result both tell', () => {
    const translator = new Translator(7);
    expect(translator.next({ ...line, body })).toBeDefined();
    const result = { ...line, event: 'result', body: { metrics: { a: 1, b: 2 } } };
    expect(translator.next(result)?.points).toEqual([
      { key: 'b', value: 2, timestamp: 7, step: 1 },
    ]);
  });

  it('tells of a rollback in a tag', () => {
    const translator = new Translator(7);
    translator.next({ ...line, seq: 4, event: 'rollback', body: { to: 0 } });
    expect(translator.next({ ...line, seq: 5, body })).toMatchObject({
      again: true,
      note: { key: 'archer.rolled-back', value: 'to step 0, by journal line 4' },
    });
  });
});
