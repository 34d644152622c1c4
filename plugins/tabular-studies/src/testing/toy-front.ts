import { definePlugin, type History, type Objective, type Search } from '@archer-nas/core';
import type { Bits } from '@archer-nas/testkit';
import { z } from 'zod';

/** A search that has seen every bit string in order, by both of its metrics. */
export const toyFront = definePlugin({
  id: 'toy-front',
  kind: 'strategy',
  summary: 'Goes through a space, for tests.',
  options: z.strictObject({}),
  requires: ['objective'],
  provides: ['view:histories'],
  create: (_, { space, objective }) => ({
    begin: async (): Promise<Search<Bits>> => {
      const all = [...(space.all?.() ?? [])] as Bits[];
      return {
        state: null,
        progress: { done: 0, total: 0, unit: 'round' },
        views: { histories: [historyOf(all, objective, (a) => space.costs?.of(a).params ?? 0)] },
        incumbents: () => [],
        step: async () => ({}),
        result: async () => ({ best: [], metrics: {} }),
      };
    },
  }),
});

function historyOf(
  all: readonly Bits[],
  objective: Objective,
  paramsOf: (a: Bits) => number,
): History<Bits> {
  return {
    arm: 'front',
    repeat: 0,
    objective,
    length: all.length,
    at(index) {
      const architecture = all[index] as Bits; // below the length
      const ones = architecture.reduce((sum, bit) => sum + bit, 0);
      const metrics = { ones, params: paramsOf(architecture) };
      return { proposal: { id: `${index}`, architecture }, metrics, cost: {}, status: 'final' };
    },
    paid: () => ({}),
  };
}
