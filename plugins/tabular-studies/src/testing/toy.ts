import {
  type Benchmark,
  type Column,
  type Evaluation,
  type Evaluator,
  type History,
  type Metrics,
  type Objective,
  pureEvaluator,
  type SearchSpace,
  singleMetric,
} from '@archer-nas/core';

/** Architectures 0 to 4 on a line. */
export const LINE: SearchSpace<number> = {
  name: 'line',
  size: 5n,
  sample: (stream) => stream.int(5),
  format: String,
  parse: Number,
  id: String,
  all: () => [0, 1, 2, 3, 4],
  neighbours: (a) => [a - 1, a + 1].filter((b) => b >= 0 && b <= 4),
};

/** What searches see. */
export const REWARD = [1, 2, 3, 4, 5] as const;
/** What studies see: maxima at 1 and 4. */
export const TRUTH = [10, 30, 20, 25, 40] as const;

export const metric = { name: 'reward', unit: '1', direction: 'maximise' } as const;

/** A table with the values of {@link TRUTH}. */
export function table(values: readonly number[] = TRUTH): Benchmark<number> {
  const column: Column = {
    name: 'truth',
    unit: '%',
    direction: 'maximise',
    split: 'test',
    description: 'made up',
  };
  return {
    name: 'Toy',
    columns: [column],
    column,
    description: 'made up',
    hash: '0',
    value: (a) => values[a] as number,
    evaluator: () => rewards(values),
  };
}

/** An evaluator that can be looked up. */
export function rewards(values: readonly number[] = REWARD): Evaluator<number> {
  return pureEvaluator({
    metrics: [metric],
    measure: (a) => ({ metrics: { reward: values[a] as number } }),
  });
}

/** A history of architectures, each evaluation costing ten seconds. */
export function history(
  arm: string,
  repeat: number,
  architectures: readonly number[],
  objective: Objective = singleMetric(metric),
  metricsOf: (a: number) => Metrics = (a) => ({ reward: REWARD[a] as number }),
): History<number> {
  return {
    arm,
    repeat,
    objective,
    length: architectures.length,
    at: (i): Evaluation<number> => {
      const architecture = architectures[i] as number;
      const proposal = { id: `${i}`, architecture };
      return { proposal, metrics: metricsOf(architecture), cost: { seconds: 10 }, status: 'final' };
    },
    paid: (i) => ({ seconds: 10 * (i + 1) }),
  };
}
