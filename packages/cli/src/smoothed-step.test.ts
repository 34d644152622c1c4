import type { State } from '@archer-nas/core';
import { startEngine } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { begunSearch } from '../test/begun-search.ts';
import { tinyBlocks } from '../test/tiny.ts';
import { loadInstalled } from './installed.ts';

const { lookup } = await loadInstalled(import.meta.dirname);

/** What these tests look into of the state of a bilevel search. */
interface Trained {
  readonly relaxation: State;
  readonly parameters: Readonly<Record<string, { readonly data: Float32Array }>>;
}

/** α and w after one whole step of DARTS, with these modifiers. */
async function afterStep(...modifiers: readonly object[]): Promise<Trained> {
  const fitting = { strategy: 'darts', space: 'nas-bench-201', data: 'synthetic' };
  const blocks = await tinyBlocks(fitting, lookup);
  const strategy = { ...blocks.strategy, with: modifiers };
  const engine = await startEngine({ engine: 'wasm' });
  const search = await begunSearch({ ...blocks, strategy }, { lookup, engine });
  await search.step(new AbortController().signal);
  const { course } = search.state as unknown as { course: { training: Trained } };
  search.dispose?.();
  return course.training;
}

/** The largest distance between the weights of two searches. */
function distance(a: Trained, b: Trained): number {
  const names = Object.keys(a.parameters);
  const distances = names.map((name) => {
    const other = b.parameters[name]?.data ?? [];
    return Math.max(
      ...Array.from(a.parameters[name]?.data ?? [], (w, i) =>
        Math.abs(w - (other[i] ?? Number.NaN)),
      ),
    );
  });
  return Math.max(...distances);
}

describe.each(['rs', 'adv'])('R39 a whole step of SDARTS, %s (check F)', (mode) => {
  const epsilon = { from: 0.3, to: 0.3 };

  it('leaves α where the step of DARTS has left it, bit for bit, and moves w elsewhere', async () => {
    const [plain, smoothed] = [
      await afterStep(),
      await afterStep({ use: 'sdarts', mode, epsilon }),
    ];
    expect(smoothed.relaxation).toStrictEqual(plain.relaxation);
    expect(distance(plain, smoothed)).toBeGreaterThan(1e-5);
  });

  it('with ε = 0 moves w as DARTS does', async () => {
    const none = { use: 'sdarts', mode, epsilon: { from: 0, to: 0 } };
    const [plain, still] = [await afterStep(), await afterStep(none)];
    expect(still.relaxation).toStrictEqual(plain.relaxation);
    expect(distance(plain, still)).toBeLessThan(1e-6);
  });
});
