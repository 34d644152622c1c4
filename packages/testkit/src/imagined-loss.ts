import type { Streams } from '@archer-nas/core';

/** What the kit must know of mixtures, which are nn's: one row per decision. */
export interface ImaginedRow {
  readonly support: readonly number[];
  readonly weights?: Float64Array;
  readonly scale?: number;
}

/** A step of a bilevel search on a supernet that is imagined. */
export interface ImaginedStep {
  readonly step: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly streams: Streams;
  readonly train: ImaginedLoss;
  readonly valid: ImaginedLoss;
}

interface ImaginedLoss {
  value(mixture: readonly ImaginedRow[]): number;
  accuracy(mixture: readonly ImaginedRow[]): number;
  gradients(mixture: readonly ImaginedRow[]): {
    readonly gradients: ReadonlyMap<string, unknown>;
    readonly rows: readonly Float64Array[];
    readonly scales: Float64Array;
  };
}

/** One step of six, two in each epoch. */
export function imaginedStep(
  step: number,
  options: readonly number[],
  streams: Streams,
): ImaginedStep {
  return {
    step,
    epoch: step >> 1,
    epochs: 3,
    learningRate: 0.1,
    streams,
    train: quadratic(options, 0.3),
    valid: quadratic(options, 0),
  };
}

/** ½ Σ (scale · p − target)², the last option of each decision being the best one. */
function quadratic(options: readonly number[], shift: number): ImaginedLoss {
  const target = (decision: number, option: number): number =>
    (option + 1) / (options[decision] ?? 1) - shift;
  const deltas = (mixture: readonly ImaginedRow[]): Float64Array[] =>
    options.map((count, decision) => {
      const row = new Float64Array(count);
      const { support, weights, scale = 1 } = mixture[decision] ?? { support: [] };
      support.forEach((option, at) => {
        row[option] = scale * (weights?.[at] ?? 1) - target(decision, option);
      });
      return row;
    });
  const value = (mixture: readonly ImaginedRow[]): number =>
    deltas(mixture).reduce((sum, row) => row.reduce((s, d) => s + (d * d) / 2, sum), 0);
  return {
    value,
    accuracy: (mixture) => 100 * Math.exp(-value(mixture)),
    gradients: (mixture) => {
      const found = deltas(mixture);
      const rows = found.map((row, at) => row.map((delta) => delta * (mixture[at]?.scale ?? 1)));
      const scales = Float64Array.from(mixture, ({ support, weights }, at) =>
        support.reduce((sum, o, i) => sum + (found[at]?.[o] ?? 0) * (weights?.[i] ?? 1), 0),
      );
      return { gradients: new Map(), rows, scales };
    },
  };
}
