import {
  ArcherError,
  definePlugin,
  EXIT,
  type MetricSpec,
  type Metrics,
  type Plugin,
  violationOf,
} from '@archer-nas/core';
import { z } from 'zod';
import { dominance } from './dominance.ts';
import { constraintsOf, limitOptions } from './limits.ts';
import { measureSchema, measuresOf } from './measures.ts';
import { amcReward, mnasnetReward, renaReward } from './rewards.ts';
import { scalarised } from './scalarised.ts';

const metric = measureSchema
  .optional()
  .describe("the metric that counts; default the evaluator's first");
const accuracy = measureSchema
  .optional()
  .describe("the accuracy, in % or as a share; default the evaluator's first metric");

const single = definePlugin({
  id: 'single',
  kind: 'objective',
  summary: 'One metric, under hard limits on others.',
  options: z.strictObject({ metric, ...limitOptions }),
  create({ metric, ...limits }, deps) {
    const measures = measuresOf(deps);
    const spec = metric === undefined ? measures.first : measures.find(metric);
    const sign = spec.direction === 'maximise' ? 1 : -1;
    return scalarised({
      metrics: [spec],
      constraints: constraintsOf(limits),
      reward: (values) => sign * (values[spec.name] as number),
    });
  },
});

const pareto = definePlugin({
  id: 'pareto',
  kind: 'objective',
  summary: 'Several metrics at once: a front of what nothing else dominates.',
  options: z.strictObject({
    metrics: z.array(measureSchema).min(2).describe('the metrics of the front'),
    ...limitOptions,
    reference: z
      .record(z.string(), z.number())
      .optional()
      .describe(
        'the corner from which hypervolume is measured, a value for each metric; none unless stated',
      ),
  }),
  create({ metrics, reference, ...limits }, deps) {
    const { find } = measuresOf(deps);
    const specs = metrics.map(find);
    if (reference !== undefined) checkReference(specs, reference);
    return dominance(specs, constraintsOf(limits), reference);
  },
});

const mnasnet = definePlugin({
  id: 'mnasnet',
  kind: 'objective',
  summary: "MnasNet's reward acc·(cost/T)^w, soft or hard.",
  options: z.strictObject({
    metric: accuracy,
    cost: measureSchema.describe('the cost, e.g. a latency column'),
    target: z.number().positive().describe('T, in the unit of the cost'),
    form: z
      .enum(['soft', 'hard'])
      .default('soft')
      .describe('soft: α = β = -0.07; hard: α = 0, β = -1'),
    alpha: z
      .number()
      .optional()
      .describe('exponent at or below the target; default that of the form'),
    beta: z.number().optional().describe('exponent above the target; default that of the form'),
    ...limitOptions,
  }),
  create({ metric, cost, target, form, alpha, beta, ...limits }, deps) {
    const { accuracyOf, specs, costName } = pair(metric, cost, deps);
    const preset = form === 'soft' ? { alpha: -0.07, beta: -0.07 } : { alpha: 0, beta: -1 };
    const options = { target, alpha: alpha ?? preset.alpha, beta: beta ?? preset.beta };
    if (options.alpha === options.beta) {
      deps.log(
        `mnasnet: with α = β = ${options.alpha} the target only scales every reward; ` +
          'which architecture wins does not depend on it. Use form: hard, or fit the exponent.',
      );
    }
    return scalarised({
      metrics: specs,
      constraints: constraintsOf(limits),
      reward: (values) => mnasnetReward(accuracyOf(values), values[costName] as number, options),
    });
  },
});

const rena = definePlugin({
  id: 'rena',
  kind: 'objective',
  summary: "RENA's reward: accuracy times p to the power of how far limits are missed.",
  options: z.strictObject({
    metric: accuracy,
    ...limitOptions,
    penalty: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.7)
      .describe('p, the factor of a limit missed by 100 %'),
  }),
  create({ metric, penalty, ...limits }, deps) {
    const measures = measuresOf(deps);
    const spec = metric === undefined ? measures.first : measures.find(metric);
    const soft = constraintsOf(limits);
    const limited = soft.map((one) => measures.find(one.metric));
    const accuracyOf = share(spec);
    return scalarised({
      metrics: [spec, ...limited.filter(({ name }) => name !== spec.name)],
      constraints: [],
      reward: (values) => renaReward(accuracyOf(values), violationOf(soft, values), penalty),
    });
  },
});

const amc = definePlugin({
  id: 'amc',
  kind: 'objective',
  summary: "AMC's reward: minus error times the logarithm of the cost.",
  options: z.strictObject({
    metric: accuracy,
    cost: measureSchema.describe('the cost, e.g. macs'),
    ...limitOptions,
  }),
  create({ metric, cost, ...limits }, deps) {
    const { accuracyOf, specs, costName } = pair(metric, cost, deps);
    return scalarised({
      metrics: specs,
      constraints: constraintsOf(limits),
      reward: (values) => amcReward(1 - accuracyOf(values), values[costName] as number),
    });
  },
});

type Measure = z.output<typeof measureSchema>;

/** An accuracy and a cost. */
function pair(
  metric: Measure | undefined,
  cost: Measure,
  deps: Parameters<typeof measuresOf>[0],
): { specs: MetricSpec[]; accuracyOf: (values: Metrics) => number; costName: string } {
  const measures = measuresOf(deps);
  const spec = metric === undefined ? measures.first : measures.find(metric);
  const costSpec = measures.find(cost);
  return { specs: [spec, costSpec], accuracyOf: share(spec), costName: costSpec.name };
}

/** The value of an accuracy as a share. @throws ArcherError when it is to be minimised */
function share({ name, unit, direction }: MetricSpec): (values: Metrics) => number {
  if (direction === 'minimise') {
    throw new ArcherError(
      'ARCHER_METRIC',
      `The reward needs an accuracy, but "${name}" is to be minimised.`,
      { hint: 'Name a metric that is to be maximised.', exit: EXIT.manifest },
    );
  }
  const scale = unit === '%' ? 0.01 : 1;
  return (values) => scale * (values[name] as number);
}

function checkReference(specs: readonly MetricSpec[], reference: Metrics): void {
  const names = specs.map(({ name }) => name);
  const wrong =
    names.find((name) => reference[name] === undefined) ??
    Object.keys(reference).find((name) => !names.includes(name));
  if (wrong === undefined) return;
  throw new ArcherError(
    'ARCHER_METRIC',
    `The reference point must have a value for each of ${names.join(', ')} and no other; ` +
      `see "${wrong}".`,
    { exit: EXIT.manifest },
  );
}

const plugins = [single, pareto, mnasnet, rena, amc] as unknown as readonly Plugin[];
export default plugins;
export { dominance } from './dominance.ts';
export { amcReward, type MnasnetOptions, mnasnetReward, renaReward } from './rewards.ts';
export { type Scalarisation, scalarised } from './scalarised.ts';
