import {
  type Block,
  createStreams,
  type DataOrder,
  type OrderRecipe,
  type State,
} from '@archer-nas/core';
import { expect } from 'vitest';
import type { Check } from './check.ts';
import { cloneState } from './clone-state.ts';
import { createPart, holding } from './parts.ts';
import { describeRow, type Row, type RowSubject, rowChecks } from './row.ts';

/** A data order over samples of three classes that are imagined: it is told made-up scores. */
export interface OrderRow extends Row {
  readonly order: Block;
  /** Number of training samples; default 12. */
  readonly size?: number;
  /** Default 4. */
  readonly epochs?: number;
}

interface Subject {
  readonly recipe: OrderRecipe;
  readonly size: number;
  readonly epochs: number;
  readonly score: (index: number) => number;
}

/** Runs the contract of a data order, and what every row promises, as tests. */
export function describeOrder(row: OrderRow): void {
  describeRow(subjectOf(row));
}

/** What {@link describeOrder} runs. */
export function orderChecks(row: OrderRow): readonly Check[] {
  return rowChecks(subjectOf(row));
}

function subjectOf(row: OrderRow): RowSubject {
  const check = (name: string, run: (subject: Subject) => void): Check => ({
    name,
    run: async () => run(await made(row)),
  });
  return {
    kind: 'order',
    use: row.order.use,
    row,
    manifest: () => holding('order', row.order, row),
    checks: [
      check('repeats bit for bit', (subject) => expect(run(subject)).toStrictEqual(run(subject))),
      check('ends the same when resumed after any epoch', checkResume),
      check('names samples that exist, with positive weights', checkSamples),
      check('listens to scores, if it says that it needs them', checkListens),
      check('survives scores that are NaN', checkNan),
    ],
    async trace() {
      const whole = run(await made(row));
      return { golden: { decisions: whole.epochs }, whole };
    },
  };
}

async function made(row: OrderRow): Promise<Subject> {
  const { part: recipe } = await createPart('order', row.order, row);
  return { recipe, size: row.size ?? 12, epochs: row.epochs ?? 4, score: (index) => index };
}

function run({ recipe, size, epochs: total, score }: Subject, from = 0, saved?: State) {
  const labels = Int32Array.from({ length: size }, (_, sample) => sample % 3);
  const order = recipe.begin(size, saved, { labels, classes: 3 });
  const epochs: ReturnType<DataOrder['next']>[] = [];
  const states = [cloneState(order.state)];
  for (let done = from; done < total; done++) {
    const epoch = order.next({ done, total, unit: 'epoch' }, createStreams(0).stream('kit', done));
    epochs.push(structuredClone(epoch));
    order.observe(epoch.index, Float32Array.from(epoch.index, score));
    order.advance?.({ done: done + 1, total, unit: 'epoch' });
    states.push(cloneState(order.state));
  }
  return { epochs, states };
}

function checkResume(subject: Subject): void {
  const { epochs, states } = run(subject);
  states.forEach((state, k) => {
    const rest = { epochs: epochs.slice(k), states: states.slice(k) };
    expect(run(subject, k, cloneState(state)), `epoch ${k}`).toStrictEqual(rest);
  });
}

function checkSamples(subject: Subject): void {
  for (const { index, weight } of run(subject).epochs) {
    expect(index.length).toBeGreaterThan(0);
    expect(
      index.every((i) => i >= 0 && i < subject.size),
      'indices in range',
    ).toBe(true);
    if (weight === undefined) continue;
    expect(weight.length).toBe(index.length);
    expect(
      weight.every((w) => w > 0 && Number.isFinite(w)),
      'positive, finite weights',
    ).toBe(true);
  }
}

function checkListens(subject: Subject): void {
  const { size, recipe } = subject;
  const turned = { ...subject, score: (index: number) => size - index };
  const same = JSON.stringify(run(subject).epochs) === JSON.stringify(run(turned).epochs);
  expect(same, 'the same order whatever the scores').toBe(!recipe.needsScores);
}

function checkNan(subject: Subject): void {
  checkSamples({ ...subject, score: (index) => (index % 3 === 0 ? Number.NaN : index) });
  checkSamples({ ...subject, score: () => Number.NaN });
}
