import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { searchOption, trainingFields } from './options.ts';

describe('fields of training', () => {
  const recipe = z.strictObject(trainingFields({ epochs: 250, nesterov: true, clip: null }));

  it('are those that were named, with their settings as defaults', () => {
    expect(recipe.parse({})).toEqual({ epochs: 250, nesterov: true, clip: null });
    expect(recipe.parse({ epochs: 3, clip: 5 })).toEqual({ epochs: 3, nesterov: true, clip: 5 });
    expectTypeOf<z.output<typeof recipe>>().toEqualTypeOf<{
      epochs: number;
      nesterov: boolean;
      clip: number | null;
    }>();
  });

  it.each([[{ epochs: 0 }], [{ epochs: 1.5 }], [{ clip: 0 }], [{ lr: 0.1 }]])(
    'refuse %j',
    (given) => {
      expect(recipe.safeParse(given).success).toBe(false);
    },
  );

  it('have a description each', () => {
    for (const field of Object.values(recipe.shape)) expect(field.description).toMatch(/\w/);
  });
});

describe('the option of a search', () => {
  const option = searchOption('evolution');

  it('names the sampler unless another is given, and takes null for none', () => {
    expect(option.parse(undefined)).toEqual({ use: 'evolution' });
    expect(option.parse({ population: 50 })).toEqual({ use: 'evolution', population: 50 });
    expect(option.parse({ use: 'random' })).toEqual({ use: 'random' });
    expect(option.parse(null)).toBeNull();
  });
});
