import { type Block, createStreams, type State } from '@archer-nas/core';
import { expect } from 'vitest';
import type { Check } from './check.ts';
import { cloneState } from './clone-state.ts';
import { type ImaginedRow, type ImaginedStep, imaginedStep } from './imagined-loss.ts';
import { createPart, holding } from './parts.ts';
import { describeRow, type Row, type RowSubject, rowChecks } from './row.ts';

/** A modifier of bilevel searches, told of a quadratic loss of the mixture. */
export interface ModifierRow extends Row {
  readonly modifier: Block;
}

/** What the kit must know of a modifier, which is nn's. */
interface Modifier {
  begin?(context: object, saved?: State): Modification;
  weightMixture?(mixture: readonly ImaginedRow[], step: ImaginedStep): readonly ImaginedRow[];
}

interface Modification {
  readonly state: State;
  mixture?(mixture: readonly ImaginedRow[], step: ImaginedStep): readonly ImaginedRow[];
  update?(gradients: object, step: ImaginedStep): void;
  scores?(probabilities: Rows, kept: (rows: Rows) => readonly string[]): Rows;
  epochEnd?(end: object): object;
  keep?(probabilities: Rows): readonly (readonly number[])[];
}

type Rows = readonly Float64Array[];

const STEPS = 6;
/** Two edges into one node. */
const SITES = [
  ['none', 'skip_connect', 'nor_conv_3x3'],
  ['skip_connect', 'nor_conv_3x3'],
].map((options, decision) => ({ name: `edge${decision}`, decision, options, node: 'node' }));
const OPTIONS = SITES.map(({ options }) => options.length);

/** Runs the contract of a modifier, and what every row promises, as tests. */
export function describeModifier(row: ModifierRow): void {
  describeRow(subjectOf(row));
}

/** What {@link describeModifier} runs. */
export function modifierRowChecks(row: ModifierRow): readonly Check[] {
  return rowChecks(subjectOf(row));
}

function subjectOf(row: ModifierRow): RowSubject {
  return {
    kind: 'modifier',
    use: row.modifier.use,
    row,
    manifest: () => holding('modifier', row.modifier, row),
    checks: [
      { name: 'gives mixtures, and leaves what it was given as it was', run: () => checkRows(row) },
      { name: 'keeps nothing from step to step but its state', run: () => checkOrder(row) },
      { name: 'goes on the same when resumed after any step', run: () => checkResume(row) },
    ],
    trace: async () => {
      const steps = follow(await made(row));
      return { golden: { decisions: steps.map(({ shown }) => shown) }, whole: steps };
    },
  };
}

async function made(row: ModifierRow): Promise<Modifier> {
  const { part } = await createPart('modifier', row.modifier, row);
  return part as Modifier; // what every plugin of the kind makes
}

function uniform(): Required<Omit<ImaginedRow, 'scale'>>[] {
  return OPTIONS.map((count) => ({
    support: Array.from({ length: count }, (_, option) => option),
    weights: new Float64Array(count).fill(1 / count),
  }));
}

function modified(
  modifier: Modifier,
  step: number,
  mixture: readonly ImaginedRow[] = uniform(),
): readonly ImaginedRow[] {
  const at = imaginedStep(step, OPTIONS, createStreams(0));
  return modifier.weightMixture?.(mixture, at) ?? mixture;
}

/** What a step shows: the mixture, with what the space derives from where the modifier says it. */
interface Shown {
  readonly shown: unknown;
  readonly state: State;
}

function follow(modifier: Modifier, from = 0, saved?: State): Shown[] {
  const streams = createStreams(0);
  const part = modifier.begin?.({ sites: SITES, streams, stage: 0 }, saved);
  return Array.from({ length: STEPS - from }, (_, i) => {
    const at = imaginedStep(from + i, OPTIONS, streams);
    const completed = (mixture: readonly ImaginedRow[]) => part?.mixture?.(mixture, at) ?? mixture;
    part?.update?.(at.valid.gradients(completed(uniform())), at);
    const mixture = completed(modified(modifier, from + i));
    const told = part === undefined ? {} : toldBy(part, at);
    const shown = Object.keys(told).length === 0 ? mixture : { mixture, ...told };
    return { shown, state: cloneState(part?.state ?? null) };
  });
}

/** What a part says besides mixtures; two steps are an epoch. */
function toldBy(part: Modification, at: ImaginedStep): Readonly<Record<string, unknown>> {
  const p = uniform().map(({ weights }) => weights);
  const scores = part.scores?.(p, names);
  const kept = part.keep?.(p);
  const verdict = at.step % 2 === 1 ? part.epochEnd?.(epochEnd(at, p)) : undefined;
  return { ...(scores && { scores }), ...(kept && { kept }), ...(verdict && { verdict }) };
}

/** The best option of each decision. */
function names(rows: Rows): string[] {
  return rows.map((row, decision) => SITES[decision]?.options[row.indexOf(Math.max(...row))] ?? '');
}

/** A loss whose curvature by α grows from epoch to epoch. */
function epochEnd({ epoch, valid }: ImaginedStep, p: Rows): object {
  const gradient = (alpha: Rows, loss: ImaginedStep['valid']): Rows => {
    const mixture = uniform().map((row, decision) => ({
      ...row,
      weights: alpha[decision] ?? row.weights,
    }));
    return loss.gradients(mixture).rows.map((row) => row.map((value) => value * (1 + epoch)));
  };
  const point = { alpha: p, weightDecay: 1e-3, gradient, mixture: uniform };
  return { epoch, point, valid, weightDecay: 3e-4 };
}

async function checkRows(row: ModifierRow): Promise<void> {
  const modifier = await made(row);
  for (let step = 0; step < STEPS; step++) {
    const given = uniform();
    const mixture = modified(modifier, step, given);
    expect(given).toStrictEqual(uniform());
    expect(mixture).toHaveLength(OPTIONS.length);
    for (const { support, weights = [] } of mixture) {
      expect(weights).toHaveLength(support.length);
      for (const weight of weights) expect(Number.isFinite(weight)).toBe(true);
    }
  }
}

async function checkResume(row: ModifierRow): Promise<void> {
  const straight = follow(await made(row));
  for (const [after, { state }] of straight.entries()) {
    const rest = follow(await made(row), after + 1, cloneState(state));
    expect(rest, `after step ${after}`).toStrictEqual(straight.slice(after + 1));
  }
}

/** This hook has no state, so the order of the steps cannot matter. */
async function checkOrder(row: ModifierRow): Promise<void> {
  const [one, other] = [await made(row), await made(row)];
  const steps = Array.from({ length: STEPS }, (_, step) => step);
  const forward = steps.map((step) => modified(one, step));
  const backward = steps.toReversed().map((step) => modified(other, step));
  expect(backward.toReversed()).toStrictEqual(forward);
}
