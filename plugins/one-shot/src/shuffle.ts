import type { OrderRecipe } from '@archer-nas/core';

/** Each epoch visits every sample once, in a new random order. */
export const shuffledOrder: OrderRecipe = {
  needsScores: false,
  begin: (size) => ({
    next: (_epoch, stream) => ({
      index: stream.shuffle(Int32Array.from({ length: size }, (_, sample) => sample)),
    }),
    observe() {},
    state: null,
  }),
};
