import { definePlugin, type Kind } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { modifierRowChecks } from './modifier-row.ts';
import { relaxationRowChecks } from './relaxation-row.ts';
import { broken } from './testing/broken.ts';

const folder = new URL('..', import.meta.url);

function plugin<K extends Kind>(kind: K, part: object) {
  const options = z.strictObject({});
  return definePlugin({
    id: 'broken',
    kind,
    summary: 'Broken.',
    options,
    create: () => part as never,
  });
}

const rows = (...values: number[][]) => values.map((row) => Float64Array.from(row));

/** Moves one tenth from the first option of each decision to the last with every update. */
function relaxation({ hidden = false, sum = 1, support = [0, 1] } = {}) {
  return plugin('relaxation', {
    begin(sites: readonly { options: string[] }[], _: unknown, saved?: { moved: number }) {
      const options = sites.map((site) => site.options.length);
      let moved = hidden ? 0 : (saved?.moved ?? 0);
      return {
        get probabilities() {
          return rows(...options.map((n) => [sum - moved, ...Array(n - 2).fill(0), moved]));
        },
        get state() {
          return { moved };
        },
        update: () => {
          moved += 0.1;
          return {};
        },
        weightMixture: () => options.map(() => ({ support })),
      };
    },
  });
}

const ofRelaxation = (mistake: object) =>
  broken(
    relaxationRowChecks({
      package: folder,
      plugins: [relaxation(mistake)],
      relaxation: { use: 'broken' },
    }),
  );

describe('the contract of relaxations', () => {
  it('passes one that keeps it', async () => expect(await ofRelaxation({})).toEqual([]));

  it.each([
    ['hidden state', { hidden: true }, 'goes on the same when resumed after any step'],
    ['rows that are no probabilities', { sum: 2 }, 'has probabilities and mixtures of its options'],
    ['an option twice', { support: [1, 1] }, 'has probabilities and mixtures of its options'],
    ['an option too many', { support: [2] }, 'has probabilities and mixtures of its options'],
  ])('catches %s', async (_, mistake, check) => {
    expect(await ofRelaxation(mistake)).toEqual([check]);
  });
});

type Row = { readonly support: readonly number[]; readonly weights: Float64Array };

const ofBegun = (begin: (context: unknown, saved?: { n: number }) => unknown) =>
  broken(
    modifierRowChecks({
      package: folder,
      plugins: [plugin('modifier', { begin })],
      modifier: { use: 'broken' },
    }),
  );

const ofModifier = (weightMixture: (mixture: Row[], at: { readonly step: number }) => unknown) =>
  broken(
    modifierRowChecks({
      package: folder,
      plugins: [plugin('modifier', { weightMixture })],
      modifier: { use: 'broken' },
    }),
  );

describe('the contract of modifiers', () => {
  it('passes one that keeps it', async () => {
    const halved = (row: Row) => ({ ...row, weights: row.weights.map((w) => w / 2) });
    expect(await ofModifier((mixture) => mixture.map(halved))).toEqual([]);
  });

  it('catches one that works in place, one that loses weights, and one with a memory', async () => {
    const contract = 'gives mixtures, and leaves what it was given as it was';
    const inPlace = (mixture: Row[]) => {
      mixture[0]?.weights.fill(0);
      return mixture;
    };
    expect(await ofModifier(inPlace)).toContain(contract);
    const short = (mixture: Row[]) =>
      mixture.map(({ support }) => ({ support, weights: new Float64Array(1) }));
    expect(await ofModifier(short)).toContain(contract);
    let calls = 0;
    const counted = (mixture: Row[]) => {
      calls += 1;
      return mixture.map((row) => ({ ...row, weights: row.weights.map((w) => w * calls) }));
    };
    expect(await ofModifier(counted)).toContain('keeps nothing from step to step but its state');
  });

  it('resumes one that learns from its state, and catches one that loses it', async () => {
    const learner = (hidden: boolean) => (_: unknown, saved?: { n: number }) => {
      let n = hidden ? 0 : (saved?.n ?? 0);
      return {
        get state() {
          return { n };
        },
        update: () => {
          n += 1;
        },
        mixture: (mixture: Row[]) => mixture.map((row) => ({ ...row, scale: n })),
      };
    };
    expect(await ofBegun(learner(false))).toEqual([]);
    expect(await ofBegun(learner(true))).toEqual(['goes on the same when resumed after any step']);
  });
});
