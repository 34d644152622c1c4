import type { State } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { cloneState } from './clone-state.ts';

describe('cloneState', () => {
  it('copies values, arrays and typed arrays without sharing them', () => {
    const state = { a: [1, Number.NaN, -0, null], b: { c: Float32Array.of(1.5), d: 'x', e: true } };
    const copy = cloneState(state) as typeof state;
    expect(copy).toStrictEqual(state);
    state.b.c[0] = 2;
    state.a[0] = 2;
    expect(copy.b.c[0]).toBe(1.5);
    expect(copy.a[0]).toBe(1);
  });

  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;

  it.each([
    [{ a: undefined }, 'state.a is undefined'],
    [[new Map()], 'state[0] is a Map'],
    [{ a: { b: new Date(0) } }, 'state.a.b is a Date'],
    [{ a: 1n }, 'state.a is bigint'],
    [{ f: () => 1 }, 'state.f is function'],
    [new BigInt64Array(1), 'state is a BigInt64Array'],
    [cycle, 'state.self contains itself'],
  ])('refuses what a checkpoint cannot hold: %#', (value, message) => {
    expect(() => cloneState(value as unknown as State)).toThrow(message);
  });
});
