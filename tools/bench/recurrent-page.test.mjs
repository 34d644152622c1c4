// @ts-check
import { expect, it } from 'vitest';
import { ratiosTo, recurrentPage } from './recurrent-page.mjs';

const rate = (/** @type {number} */ tokensPerSecond) => ({ tokensPerSecond, loss: 0 });
const rounds = [
  { Archer: rate(300), PyTorch: rate(200) },
  { Archer: rate(100), PyTorch: rate(50) },
];

it('compares within rounds: a machine that is slower in one of them is so for all', () => {
  expect(ratiosTo(rounds, 'PyTorch')).toEqual([1.5, 2]);
  expect(() => ratiosTo(rounds, 'JAX')).toThrow('JAX was not measured');
});

it('shows medians of speeds and of ratios', () => {
  const one = { name: 'small', nodes: 2, width: 8, lanes: 4, vocabulary: 5, window: 7, rounds };
  const machine = /** @type {any} */ ({ load: [1, 2, 3], commit: 'abc' });
  const page = recurrentPage({ machine, command: '--rounds 2', cases: [one] });
  expect(page).toContain('## small: 2 nodes, width 8, 4 lanes, 5 tokens');
  expect(page).toContain('| PyTorch | 125 | 1.75 (1.50–2.00) |');
});
