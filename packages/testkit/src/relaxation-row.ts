import { type Block, createStreams, type State } from '@archer-nas/core';
import { expect } from 'vitest';
import type { Check } from './check.ts';
import { cloneState } from './clone-state.ts';
import { type ImaginedRow, type ImaginedStep, imaginedStep } from './imagined-loss.ts';
import { createPart, holding } from './parts.ts';
import { describeRow, type Row, type RowSubject, rowChecks, type Trace } from './row.ts';

/** A relaxation of a choice, told of a quadratic loss of its mixture. */
export interface RelaxationRow extends Row {
  readonly relaxation: Block;
  /** How many options each decision has; default three and two. */
  readonly options?: readonly number[];
}

interface ImaginedSite {
  readonly name: string;
  readonly decision: number;
  readonly options: readonly string[];
  readonly node: string;
  readonly zero: number;
}

/** What the kit must know of a recipe of kind `relaxation`, which is nn's. */
interface Recipe {
  begin(sites: readonly ImaginedSite[], streams: unknown, saved?: State): Relaxation;
}

interface Relaxation {
  update?(step: ImaginedStep): Readonly<Record<string, number>>;
  weightMixture(step: ImaginedStep): readonly ImaginedRow[];
  observe?(rows: readonly Float64Array[], step: ImaginedStep): Readonly<Record<string, number>>;
  readonly probabilities: readonly Float64Array[];
  readonly state: State;
}

const STEPS = 6;
const OPTIONS = [3, 2];

/** Runs the contract of a relaxation, and what every row promises, as tests. */
export function describeRelaxation(row: RelaxationRow): void {
  describeRow(subjectOf(row));
}

/** What {@link describeRelaxation} runs. */
export function relaxationRowChecks(row: RelaxationRow): readonly Check[] {
  return rowChecks(subjectOf(row));
}

function subjectOf(row: RelaxationRow): RowSubject {
  return {
    kind: 'relaxation',
    use: row.relaxation.use,
    row,
    manifest: () => holding('relaxation', row.relaxation, row),
    checks: [
      { name: 'has probabilities and mixtures of its options', run: () => checkRows(row) },
      { name: 'goes on the same when resumed after any step', run: () => checkResume(row) },
    ],
    trace: async () => traceOf(await made(row), row),
  };
}

async function made(row: RelaxationRow): Promise<Recipe> {
  const { part } = await createPart('relaxation', row.relaxation, row);
  return part as Recipe; // what every plugin of the kind makes
}

/** What a relaxation has shown after one step, and its state then. */
interface Shown {
  readonly metrics: Readonly<Record<string, number>>;
  readonly mixture: readonly ImaginedRow[];
  readonly probabilities: readonly Float64Array[];
  readonly state: State;
}

function follow(recipe: Recipe, options: readonly number[], from = 0, saved?: State): Shown[] {
  const streams = createStreams(0);
  const relaxation = recipe.begin(options.map(siteOf), streams, saved);
  return Array.from({ length: STEPS - from }, (_, i) => {
    const step = imaginedStep(from + i, options, streams);
    const updated = relaxation.update?.(step);
    const mixture = relaxation.weightMixture(step);
    const observed = relaxation.observe?.(step.train.gradients(mixture).rows, step);
    const metrics = { ...updated, ...observed };
    const probabilities = relaxation.probabilities.map((row) => row.slice());
    return { metrics, mixture, probabilities, state: cloneState(relaxation.state) };
  });
}

/** One site per decision, all of them into one node; the first option gives zeros. */
function siteOf(count: number, decision: number): ImaginedSite {
  const options = Array.from({ length: count }, (_, option) => `option${option}`);
  return { name: `edge${decision}`, decision, options, node: 'node', zero: 0 };
}

function traceOf(recipe: Recipe, { options = OPTIONS }: RelaxationRow): Trace {
  const steps = follow(recipe, options);
  const decisions = steps.map(({ state: _, ...shown }) => shown);
  return { golden: { decisions }, whole: steps };
}

async function checkRows(row: RelaxationRow): Promise<void> {
  const { options = OPTIONS } = row;
  for (const { probabilities, mixture } of follow(await made(row), options)) {
    expect(probabilities.map(({ length }) => length)).toEqual(options);
    for (const p of probabilities) {
      expect(p.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
      expect(Math.min(...p)).toBeGreaterThanOrEqual(0);
    }
    expect(mixture).toHaveLength(options.length);
    mixture.forEach(({ support, weights }, decision) => {
      expect(new Set(support).size, 'distinct options').toBe(support.length);
      for (const option of support) expect(option).toBeLessThan(options[decision] ?? 0);
      if (weights !== undefined) expect(weights).toHaveLength(support.length);
    });
  }
}

async function checkResume(row: RelaxationRow): Promise<void> {
  const { options = OPTIONS } = row;
  const straight = follow(await made(row), options);
  for (const [after, { state }] of straight.entries()) {
    const rest = follow(await made(row), options, after + 1, cloneState(state));
    expect(rest, `after step ${after}`).toStrictEqual(straight.slice(after + 1));
  }
}
