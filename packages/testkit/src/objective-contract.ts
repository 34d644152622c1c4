import type { Block, Metrics, Objective } from '@archer-nas/core';
import { expect } from 'vitest';
import type { Check } from './check.ts';
import { createParts } from './parts.ts';
import { describeRow, type Row, type RowSubject, rowChecks } from './row.ts';

/** An objective over metrics of a toy. */
export interface ObjectiveRow extends Row {
  readonly objective: Block;
  /** Values of metrics that it is tried with; default 0.25, 0.5, 0.75 and what is near limits. */
  readonly values?: Readonly<Record<string, readonly number[]>>;
}

/** An objective with the metrics of made-up architectures. */
export interface ObjectiveSubject {
  readonly objective: Objective;
  readonly values?: Readonly<Record<string, readonly number[]>> | undefined;
}

const DEFAULTS = [0.25, 0.5, 0.75];
/** So many that all triples can be compared. */
const MOST_POINTS = 40;

/** Runs the contract of an objective, and what every row promises, as tests. */
export function describeObjective(row: ObjectiveRow): void {
  describeRow(subjectOf(row));
}

/** What {@link describeObjective} runs. */
export function objectiveRowChecks(row: ObjectiveRow): readonly Check[] {
  return rowChecks(subjectOf(row));
}

function subjectOf(given: ObjectiveRow): RowSubject {
  const row: ObjectiveRow = { evaluator: { use: 'toy-ones' }, ...given };
  const make = async (): Promise<ObjectiveSubject> => {
    const { objective } = await createParts(row);
    if (objective === undefined) throw new TypeError('an objective row has an objective block');
    return { objective, values: row.values };
  };
  return {
    kind: 'objective',
    use: row.objective.use,
    row,
    manifest: () => row,
    checks: objectiveChecks(make),
    async trace() {
      const subject = await make();
      const { objective } = subject;
      const decisions = points(subject).map((metrics, i, all) => ({
        metrics,
        violation: objective.violation(metrics),
        scalar: objective.scalar?.(metrics),
        compared: all.map((other) => String(objective.compare(metrics, other))).join(' '),
        place: i,
      }));
      return { golden: { decisions }, whole: decisions };
    },
  };
}

/** The contract of an objective: an order that NaN and violated limits never win. */
export function objectiveChecks(make: () => Promise<ObjectiveSubject>): readonly Check[] {
  const check = (name: string, run: (subject: ObjectiveSubject) => void): Check => ({
    name,
    run: async () => run(await make()),
  });
  return [
    check('takes everything to be as good as itself', checkReflexive),
    check('says the opposite the other way round', checkAntisymmetric),
    check('is transitive', checkTransitive),
    check('puts less violation before every metric', checkViolation),
    check('never takes a step in the right direction for a worse one', checkDirections),
    check('never prefers NaN or a missing value', checkNan),
    check('orders as its scalar does, if it has one', checkScalar),
  ];
}

/** Combinations of the values, evenly thinned where there are too many. */
function points({ objective, values = {} }: ObjectiveSubject): readonly Metrics[] {
  const limits = new Map(objective.constraints.map(({ metric, limit }) => [metric, limit]));
  const names = [...objective.metrics.map(({ name }) => name), ...limits.keys()];
  let all: Metrics[] = [{}];
  for (const name of new Set(names)) {
    const limit = limits.get(name);
    const near = limit === undefined ? DEFAULTS : [limit * 0.5, limit, limit * 1.5];
    all = all.flatMap((one) => (values[name] ?? near).map((value) => ({ ...one, [name]: value })));
  }
  const every = Math.ceil(all.length / MOST_POINTS);
  return all.filter((_, i) => i % every === 0).map((one) => Object.freeze(one));
}

function pairs(subject: ObjectiveSubject): readonly (readonly [Metrics, Metrics])[] {
  const all = points(subject);
  return all.flatMap((a) => all.map((b) => [a, b] as const));
}

const said = (a: Metrics, b: Metrics): string => `${JSON.stringify(a)} and ${JSON.stringify(b)}`;

function checkReflexive(subject: ObjectiveSubject): void {
  for (const a of points(subject)) expect(subject.objective.compare(a, a), said(a, a)).toBe(0);
}

function checkAntisymmetric(subject: ObjectiveSubject): void {
  const { objective } = subject;
  for (const [a, b] of pairs(subject)) {
    const [there, back] = [objective.compare(a, b), objective.compare(b, a)];
    const opposite = there === undefined ? undefined : 0 - there;
    expect(back, said(a, b)).toBe(opposite);
  }
}

/** Of three, the first at least as good as the second and so on: so is the first to the third. */
function checkTransitive(subject: ObjectiveSubject): void {
  const { objective } = subject;
  const all = points(subject);
  const better = all.map((a) => all.map((b) => objective.compare(a, b)));
  all.forEach((a, i) => {
    all.forEach((_, j) => {
      if (better[i]?.[j] !== -1) return;
      all.forEach((c, k) => {
        if (better[j]?.[k] !== -1 || better[i]?.[k] === -1) return;
        expect(better[i]?.[k], `${said(a, c)}, by way of a third`).toBe(-1);
      });
    });
  });
}

function checkViolation(subject: ObjectiveSubject): void {
  const { objective } = subject;
  for (const [a, b] of pairs(subject)) {
    const [ofA, ofB] = [objective.violation(a), objective.violation(b)];
    expect(ofA).toBeGreaterThanOrEqual(0);
    const kept = objective.constraints.every(({ metric, at, limit }) => {
      const value = a[metric] as number; // points have all metrics
      return at === 'most' ? value <= limit : value >= limit;
    });
    expect(ofA === 0, `limits of ${JSON.stringify(a)} kept`).toBe(kept);
    if (ofA < ofB) expect(objective.compare(a, b), said(a, b)).toBe(-1);
  }
}

function checkDirections(subject: ObjectiveSubject): void {
  const { objective } = subject;
  for (const [a, b] of pairs(subject)) {
    if (objective.violation(a) > 0 || objective.violation(b) > 0) continue;
    const steps = objective.metrics.map(({ name, direction }) => {
      const change = (a[name] as number) - (b[name] as number); // points have all metrics
      return direction === 'maximise' ? change : -change;
    });
    if (steps.some((step) => step < 0)) continue;
    expect(objective.compare(a, b), `${said(a, b)}: nowhere worse`).not.toBe(1);
  }
}

function checkNan(subject: ObjectiveSubject): void {
  const { objective } = subject;
  const measured = [...objective.metrics.map(({ name }) => name)];
  for (const good of points(subject)) {
    if (objective.violation(good) > 0) continue;
    for (const name of measured) {
      const { [name]: _, ...missing } = good;
      for (const bad of [missing, { ...good, [name]: Number.NaN }]) {
        const verdict = objective.compare(bad as Metrics, good);
        expect(verdict, `without ${name}, compared with ${JSON.stringify(good)}`).not.toBe(-1);
        const value = objective.scalar?.(bad as Metrics) ?? Number.NEGATIVE_INFINITY;
        const best = objective.scalar?.(good) ?? 0;
        expect(value > best, `scalar without ${name}`).toBe(false);
      }
    }
  }
  for (const { metric } of objective.constraints) {
    const [first = {}] = points(subject);
    expect(objective.violation({ ...first, [metric]: Number.NaN }), metric).toBeGreaterThan(0);
  }
}

function checkScalar(subject: ObjectiveSubject): void {
  const { objective } = subject;
  if (objective.scalar === undefined) return;
  for (const [a, b] of pairs(subject)) {
    if (objective.violation(a) > 0 || objective.violation(b) > 0) continue;
    const [x, y] = [objective.scalar(a), objective.scalar(b)];
    expect(objective.compare(a, b), said(a, b)).toBe(x === y ? 0 : x > y ? -1 : 1);
  }
}
