import { type Block, createStreams } from '@archer-nas/core';
import { expect } from 'vitest';
import type { Check } from './check.ts';
import { type ImaginedRow, type ImaginedStep, imaginedStep } from './imagined-loss.ts';
import { createPart, holding } from './parts.ts';
import { describeRow, type Row, type RowSubject, rowChecks } from './row.ts';

/** A modifier of bilevel searches, told of a quadratic loss of the mixture. */
export interface ModifierRow extends Row {
  readonly modifier: Block;
}

/** What the kit must know of a modifier, which is nn's. */
interface Modifier {
  weightMixture?(mixture: readonly ImaginedRow[], step: ImaginedStep): readonly ImaginedRow[];
}

const STEPS = 6;
const OPTIONS = [3, 2];

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
      { name: 'keeps nothing from step to step', run: () => checkOrder(row) },
    ],
    trace: async () => {
      const modifier = await made(row);
      const mixtures = Array.from({ length: STEPS }, (_, step) => modified(modifier, step));
      return { golden: { decisions: mixtures }, whole: mixtures };
    },
  };
}

async function made(row: ModifierRow): Promise<Modifier> {
  const { part } = await createPart('modifier', row.modifier, row);
  return part as Modifier; // what every plugin of the kind makes
}

function uniform(): ImaginedRow[] {
  return OPTIONS.map((count) => ({
    support: Array.from({ length: count }, (_, option) => option),
    weights: new Float64Array(count).fill(1 / count),
  }));
}

function modified(modifier: Modifier, step: number, mixture = uniform()): readonly ImaginedRow[] {
  const at = imaginedStep(step, OPTIONS, createStreams(0));
  return modifier.weightMixture?.(mixture, at) ?? mixture;
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

/** A modifier has no state, so the order of the steps cannot matter. */
async function checkOrder(row: ModifierRow): Promise<void> {
  const [one, other] = [await made(row), await made(row)];
  const steps = Array.from({ length: STEPS }, (_, step) => step);
  const forward = steps.map((step) => modified(one, step));
  const backward = steps.toReversed().map((step) => modified(other, step));
  expect(backward.toReversed()).toStrictEqual(forward);
}
