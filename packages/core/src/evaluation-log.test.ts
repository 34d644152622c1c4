import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evaluation, Outcome } from './evaluation.ts';
import { EvaluationLog } from './evaluation-log.ts';
import { historyOf } from './history-of.ts';
import { singleMetric } from './objective.ts';
import type { SearchSpace } from './space.ts';
import type { State } from './state.ts';

type Digits = readonly number[];

/** Three digits of base 4; without decisions where `plain`. */
function digits(plain = false): SearchSpace<Digits> {
  const space: SearchSpace<Digits> = {
    name: 'digits',
    size: 64n,
    sample: (stream) => [stream.int(4), stream.int(4), stream.int(4)],
    format: (a) => a.join('-'),
    parse: (text) => text.split('-').map(Number),
    id: (a) => a.join(''),
  };
  if (plain) return space;
  const options = ['0', '1', '2', '3'];
  return {
    ...space,
    decisions: [0, 1, 2].map((i) => ({ name: `d${i}`, kind: 'categorical', options })),
    toChoices: (a) => [...a],
    fromChoices: (choices) => choices,
  };
}

/** A record with some of the fields. */
const some = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(fields as never, { requiredKeys: [], noNullPrototype: true }) as fc.Arbitrary<
    Partial<T>
  >;

const number = fc.oneof(fc.double(), fc.constant(Number.NaN), fc.constant(-0), fc.constant(0));
const budget = fc.record(
  {
    amount: fc.double({ min: 1, noNaN: true }),
    unit: fc.constantFrom('epoch', 'step', 'batch', 'second'),
  },
  { noNullPrototype: true },
);
const id = fc.oneof(
  fc.string(),
  fc.nat(2e9).map((n) => `p-${n}`),
  fc.constantFrom('', '0', '007', 'a00', '-1', 'x-12345678901234567890'),
);
const evaluations = fc.array(
  fc
    .record({
      proposal: fc
        .record(
          { id, architecture: fc.array(fc.nat(3), { minLength: 3, maxLength: 3 }) },
          { noNullPrototype: true },
        )
        .chain((own) =>
          some({ budget, parent: id, continues: id, weight: number }).map((more) => ({
            ...own,
            ...more,
          })),
        ),
      metrics: some({ accuracy: number, params: number, toString: number }),
      cost: some({ seconds: fc.double({ noNaN: true }), epochs: fc.nat() }),
      status: fc.constantFrom('final', 'failed', 'infeasible', 'partial'),
    })
    .chain((own) =>
      some({ budget, reason: fc.string(), curve: fc.constant([{ at: 1, value: 2 }]) }).map(
        (more) => ({ ...own, ...more }),
      ),
    ) as fc.Arbitrary<Evaluation<Digits>>,
  { maxLength: 40 },
);

const read = (log: EvaluationLog<Digits>): Evaluation<Digits>[] =>
  Array.from({ length: log.length }, (_, i) => log.at(i));

describe.each([false, true])('an evaluation log (plain space: %s)', (plain) => {
  const space = digits(plain);

  it('gives back what was pushed, through snapshots of parts too', () => {
    fc.assert(
      fc.property(evaluations, fc.nat(40), (list, cut) => {
        const from = Math.min(cut, list.length);
        const log = new EvaluationLog(space, 'seconds');
        list.slice(0, from).forEach((one, i) => {
          log.push(one, i);
        });
        const head = log.snapshot();
        const copy = structuredClone(head);
        list.slice(from).forEach((one, i) => {
          log.push(one, from + i);
        });
        expect(read(log)).toStrictEqual(list);
        expect(head).toStrictEqual(copy); // later pushes leave a snapshot alone
        expect(read(EvaluationLog.from(space, log.snapshot(from)))).toStrictEqual(list.slice(from));
        const resumed = EvaluationLog.from(space, copy);
        list.slice(from).forEach((one, i) => {
          resumed.push(one, from + i);
        });
        expect(resumed.snapshot()).toStrictEqual(log.snapshot());
      }),
      { numRuns: 200 },
    );
  });
});

describe('a history', () => {
  it('counts what was paid, by the clock in its own unit', () => {
    const log = new EvaluationLog(digits(), 'seconds');
    // Two workers: 5 and 3 seconds from 0, 4 more from 3.
    for (const [seconds, time] of [
      [3, 3],
      [5, 5],
      [4, 7],
    ] as const) {
      const proposal = { id: 'p-0', architecture: [0, 0, 0] };
      log.push({ proposal, metrics: {}, cost: { seconds, epochs: 1 }, status: 'final' }, time);
    }
    const objective = singleMetric({ name: 'm', unit: '', direction: 'maximise' });
    const history = historyOf({ arm: 'a', repeat: 0, objective, log });
    expect([0, 1, 2].map((i) => history.paid(i))).toEqual([
      { seconds: 3, epochs: 1, images: 0 },
      { seconds: 5, epochs: 2, images: 0 },
      { seconds: 7, epochs: 3, images: 0 },
    ]);
    expect(() => history.at(3)).toThrow(RangeError);
  });

  it('takes little space: a constant is one number', () => {
    const log = new EvaluationLog(digits(), 'seconds');
    for (let i = 0; i < 300; i++) {
      const proposal = { id: `p-${i}`, architecture: [i % 4, 0, 0] };
      const budget = { amount: 12, unit: 'epoch' } as const;
      const metrics = { accuracy: i / 300 };
      log.push({ proposal, budget, metrics, cost: { epochs: 12 }, status: 'final' }, 12 * i);
    }
    let bytes = 0;
    JSON.stringify(log.snapshot(), (_, value) => {
      if (!ArrayBuffer.isView(value)) return value;
      bytes += value.byteLength;
      return null;
    });
    expect(bytes).toBe(300 * (3 + 8 + 8)); // choices, accuracy, clock; ids count up
  });
});

describe('a log of numbered proposals', () => {
  const outcomes: Outcome[] = [
    {
      budget: { amount: 12, unit: 'epoch' },
      metrics: { m: 0.1 },
      cost: { seconds: 0.1 },
      status: 'final',
    },
    { metrics: {}, cost: {}, status: 'failed', reason: 'none' },
    {
      metrics: { m: 0.3, n: 1 },
      cost: { seconds: 0.7 },
      status: 'final',
      curve: [{ at: 1, value: 2 }],
    },
  ];

  it('is that of the same evaluations as objects', () => {
    const [objects, numbers] = [0, 1].map(() => new EvaluationLog(digits(), 'seconds'));
    if (objects === undefined || numbers === undefined) throw new Error('two were made');
    let clock = 0;
    for (let i = 0; i < 12; i++) {
      const [outcome, architecture] = [outcomes[i % 3] as Outcome, [i % 4, 1, 2]];
      const parent = i < 4 ? -1 : i - 3;
      clock += outcome.cost.seconds ?? 0;
      const found = numbers.findings.push(architecture, outcome);
      numbers.pushNewborn({ prefix: 'p-', number: i, architecture, parent }, found);
      const proposal = { id: `p-${i}`, architecture };
      const whole = parent < 0 ? proposal : { ...proposal, parent: `p-${parent}` };
      objects.push({ proposal: whole, ...outcome }, clock);
      // Read now and then, as by somebody who looks at the history.
      if (i % 5 === 0) expect(numbers.at(i)).toStrictEqual(objects.at(i));
    }
    expect(numbers.snapshot()).toStrictEqual(objects.snapshot());
    expect(read(numbers)).toStrictEqual(read(objects));
  });

  it('keeps no times where they are the sums of the costs, to the bit', () => {
    const times = [0.1, 0.1, 0.1 + 0.7, 0.1 + 0.7 + 0.1, 0.1 + 0.7 + 0.1, 0.1 + 0.7 + 0.1 + 0.7];
    const logOf = (times: readonly number[]) => {
      const log = new EvaluationLog(digits(), 'seconds');
      times.forEach((time, number) => {
        const proposal = { id: `p-${number}`, architecture: [0, 0, 0] };
        log.push({ proposal, ...(outcomes[number % 3] as Outcome) }, time);
      });
      return log;
    };
    const timeOf = (state: State) => (state as { columns: { time: State } }).columns.time;
    const log = logOf(times);
    expect(timeOf(log.snapshot())).toEqual({ sumFrom: 0 });
    expect(timeOf(log.snapshot(3))).toEqual({ sumFrom: times[2] });
    for (const from of [0, 3]) {
      const back = EvaluationLog.from(digits(), log.snapshot(from));
      const again = Array.from({ length: back.length }, (_, i) => back.timeOf(i));
      expect(again).toEqual(times.slice(from));
    }
    const late = [...times.slice(0, 5), (times[5] as number) + Number.EPSILON];
    const kept = logOf(late).snapshot();
    expect(timeOf(kept)).toBeInstanceOf(Float64Array);
    expect(EvaluationLog.from(digits(), kept).timeOf(5)).toBe(late[5]);
  });

  it('keeps a finding once, however often it is made', () => {
    const log = new EvaluationLog(digits(), 'seconds');
    const found = [0, 1, 2].map((i) => log.findings.push([i, i, i], outcomes[i] as Outcome));
    for (let number = 0; number < 30; number++) {
      const place = (number * number) % 3; // never 2
      const newborn = { prefix: 'p-', number, architecture: [place, place, place], parent: -1 };
      log.pushNewborn(newborn, found[place] as number);
    }
    const back = EvaluationLog.from(digits(), log.snapshot(3, 28));
    expect(back.findings.length).toBe(2);
    expect(read(back)).toStrictEqual(read(log).slice(3, 28));
  });
});

describe('a log of several histories', () => {
  const outcome: Outcome = { metrics: { m: 1 }, cost: { seconds: 0.1 }, status: 'final' };
  /** Of 3, 0, 4 and 2 evaluations, numbered from 0 in each, as is the clock. */
  const log = new EvaluationLog(digits(), 'seconds');
  [3, 0, 4, 2].forEach((count, history) => {
    if (history > 0) log.begin();
    for (let number = 0; number < count; number++) {
      const architecture = [history, number, 0];
      const found = log.findings.push(architecture, outcome);
      log.pushNewborn({ prefix: 'p-', number, architecture, parent: number - 1 }, found);
    }
  });
  const objective = singleMetric({ name: 'm', unit: '', direction: 'maximise' });
  const historiesOf = (one: EvaluationLog<Digits>) =>
    Array.from({ length: one.histories }, (_, history) => {
      const view = historyOf({ arm: 'a', repeat: history, objective, log: one, history });
      return Array.from({ length: view.length }, (_, i) => [view.at(i), view.paid(i)] as const);
    });

  it('has each with numbers, parents and a clock of its own', () => {
    const all = historiesOf(log);
    expect(all.map(({ length }) => length)).toEqual([3, 0, 4, 2]);
    const [one, paid] = all[2]?.[3] ?? [];
    expect(one?.proposal).toEqual({ id: 'p-3', parent: 'p-2', architecture: [2, 3, 0] });
    expect(paid?.seconds).toBe(0.1 + 0.1 + 0.1 + 0.1);
    expect(all[3]?.[0]?.[0].proposal).toEqual({ id: 'p-0', architecture: [3, 0, 0] });
    expect(all[3]?.[0]?.[1].seconds).toBe(0.1);
  });

  it('comes back from a snapshot of any part, cut within histories too', () => {
    const whole = historiesOf(log).flat();
    for (let from = 0; from <= log.length; from++) {
      for (let to = from + 1; to <= log.length; to++) {
        const back = EvaluationLog.from(digits(), structuredClone(log.snapshot(from, to)));
        expect(read(back)).toStrictEqual(read(log).slice(from, to));
        const clock = Array.from({ length: to - from }, (_, i) => back.timeOf(i));
        expect(clock).toEqual(whole.slice(from, to).map(([, paid]) => paid.seconds));
        expect(back.snapshot()).toStrictEqual(log.snapshot(from, to));
      }
    }
  });

  it("says of another version's state, which has no format number, that it cannot be read", () => {
    const { format: _, ...old } = log.snapshot() as { format: number };
    expect(() => EvaluationLog.from(digits(), old as State)).toThrow(
      'These evaluations are in the layout number none; this version reads 2.',
    );
  });
});
