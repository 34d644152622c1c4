import type { Outcome } from '@archer-nas/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byFitness, type Individual } from './individual.ts';
import { Population } from './population.ts';

const outcome = (m: number): Outcome => ({ metrics: { m }, cost: {}, status: 'final' });

const individual = (number: number, fitness: number, violation = 0): Individual<string> => ({
  ...{ number, architecture: `a${number}`, outcome: outcome(fitness), fitness, violation },
});

describe('a population', () => {
  it('is the list that its individuals would be, whoever is born and dies', () => {
    const births = fc.array(fc.oneof(fc.double(), fc.constant('dies')), { maxLength: 400 });
    fc.assert(
      fc.property(births, fc.nat(100), (all, size) => {
        const population = new Population<string>();
        const list: Individual<string>[] = [];
        all.forEach((fitness, number) => {
          if (typeof fitness === 'number') {
            const one = individual(number, fitness);
            list.push(one);
            population.add(one.number, one.architecture, one.outcome, one);
          }
          if (list.length > size || (fitness === 'dies' && list.length > 0)) {
            list.shift();
            population.removeOldest();
          }
        });
        expect(population.length).toBe(list.length);
        expect(population.all()).toEqual(list);
      }),
    );
  });

  it('has the fittest of a draw: less violation first, then fitness, then who was drawn first', () => {
    const merits = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 })),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(merits, fc.array(fc.nat(), { minLength: 1, maxLength: 9 }), (list, draw) => {
        const all = list.map(([fitness, violation], i) => individual(i, fitness, violation));
        const places = Int32Array.from(draw, (one) => one % all.length);
        const [first] = byFitness(Array.from(places, (place) => all[place] as Individual<string>));
        expect(new Population(all).fittest(places)).toBe(first?.number);
      }),
    );
  });

  it('has a fittest where all miss a limit by infinity', () => {
    const all = [1, 3, 2].map((fitness, i) => individual(i, fitness, Number.POSITIVE_INFINITY));
    expect(new Population(all).fittest(Int32Array.of(0, 1, 2))).toBe(1);
  });

  it('loses one in the middle', () => {
    const population = new Population([0, 1, 2, 3].map((i) => individual(i, i)));
    population.remove(1);
    expect(population.all().map(({ number }) => number)).toEqual([0, 2, 3]);
  });
});
