import { createStreams, type DataOrder, type State } from '@archer-nas/core';
import { expect } from 'vitest';
import { type Check, describeChecks } from './check.ts';
import { cloneState } from './clone-state.ts';

/** A data order to be checked. */
export interface OrderSubject {
  /** Makes the order with everything around it anew. */
  begin(saved?: State): DataOrder;
  /** Number of training samples. */
  readonly size: number;
  /** The score told for a sample; default its index. */
  score?(index: number): number;
  /** Epochs; default 4. */
  readonly epochs?: number;
}

/** The contract of a data order. */
export function orderChecks(subject: OrderSubject): readonly Check[] {
  return [
    { name: 'repeats bit for bit', run: () => expect(run(subject)).toStrictEqual(run(subject)) },
    {
      name: 'ends the same when resumed after any epoch',
      run: () => {
        const { epochs, states } = run(subject);
        states.forEach((state, k) => {
          const rest = { epochs: epochs.slice(k), states: states.slice(k) };
          expect(run(subject, k, cloneState(state)), `epoch ${k}`).toStrictEqual(rest);
        });
      },
    },
    { name: 'names samples that exist, with positive weights', run: () => checkSamples(subject) },
  ];
}

/** Runs {@link orderChecks} as tests. */
export function describeOrder(title: string, subject: OrderSubject): void {
  describeChecks(`order ${title}`, orderChecks(subject));
}

function run(subject: OrderSubject, from = 0, saved?: State) {
  const { epochs: total = 4, score = (index) => index } = subject;
  const order = subject.begin(saved);
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

function checkSamples(subject: OrderSubject): void {
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
