import { expect, it } from 'vitest';
import { type Plateau, plateauAfter } from './plateau.ts';

it('a plateau lowers the rate after one more loss than it has patience for, as PyTorch does', () => {
  // torch.optim.lr_scheduler.ReduceLROnPlateau(SGD(lr=1), factor=0.5, patience=2), by hand.
  const losses = [5, 4, 4, 4.1, 3.9999, 3.9998, 3, 3, 3, 3, 3, 3, 3];
  const rates: number[] = [];
  let plateau: Plateau = { lr: 1, best: null, bad: 0 };
  for (const loss of losses) {
    plateau = plateauAfter(plateau, loss, { factor: 0.5, patience: 2 });
    rates.push(plateau.lr);
  }
  // 3.9999 is not below 4 (1 − 1e-4) = 3.9996: the third loss in a row that is no better.
  expect(rates).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]);
});
