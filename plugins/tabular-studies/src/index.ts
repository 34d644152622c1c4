import {
  architecturesSchema,
  type Benchmark,
  chooseArchitectures,
  definePlugin,
  type History,
  ifPresent,
  type Metrics,
  oneStep,
  type Plugin,
  type StudyContext,
} from '@archer-nas/core';
import { z } from 'zod';
import { agreement, type Measure } from './agreement.ts';
import { budgetOptions } from './budgets.ts';
import { equalLatency } from './equal-latency.ts';
import { hypervolumeCurve } from './hypervolume-curve.ts';
import { landscape } from './landscape.ts';
import { regret } from './regret.ts';

const truth = { kind: 'benchmark' } as const;

const regretStudy = definePlugin({
  id: 'regret',
  kind: 'study',
  summary: 'What a search would return at each budget, beside exact random search.',
  options: z.strictObject(budgetOptions),
  requires: ['space', 'view:histories'],
  parts: { truth },
  create(options, deps) {
    const { space, parts } = deps;
    const fixed = {
      space,
      truth: parts.truth as Benchmark<unknown>,
      evaluator: ifPresent(() => deps.evaluator),
    };
    return {
      when: 'after',
      begin: async ({ search, streams }, saved) =>
        oneStep(
          () => regret({ ...fixed, ...options, at: options.at, histories: kept(search), streams }),
          saved,
        ),
    };
  },
});

const hypervolumeStudy = definePlugin({
  id: 'hypervolume',
  kind: 'study',
  summary: 'Hypervolume of the front at each budget, as a share of the best.',
  options: z.strictObject({
    ...budgetOptions,
    ideal: z.record(z.string(), z.number()).describe('the corner of the best values, by metric'),
    reference: z
      .record(z.string(), z.number())
      .optional()
      .describe("the corner from which volume is measured; default the objective's"),
  }),
  requires: ['space', 'view:histories'],
  create(options, deps) {
    const { space } = deps;
    const fixed = { space, evaluator: ifPresent(() => deps.evaluator), ...options, at: options.at };
    return {
      when: 'after',
      begin: async ({ search, streams }, saved) =>
        oneStep(() => {
          const histories = kept(search);
          const stated: Metrics = options.reference ?? histories[0]?.objective.reference ?? {};
          return hypervolumeCurve({ ...fixed, reference: stated, histories, streams });
        }, saved),
    };
  },
});

const landscapeStudy = definePlugin({
  id: 'landscape',
  kind: 'study',
  summary: 'Local maxima of a table, and where steepest ascent ends.',
  options: z.strictObject({}),
  requires: ['space'],
  parts: { truth },
  create(_options, { space, parts }) {
    const table = parts.truth as Benchmark<unknown>;
    return {
      when: 'after',
      begin: async (_context, saved) => oneStep(() => landscape(table, space), saved),
    };
  },
});

const agreementStudy = definePlugin({
  id: 'agreement',
  kind: 'study',
  summary: 'How well columns, fidelities and proxies order architectures as the truth does.',
  options: z.strictObject({ architectures: architecturesSchema }),
  requires: ['space'],
  parts: {
    truth: { kind: ['benchmark', 'evaluator'] },
    measures: { kind: ['benchmark', 'evaluator'], many: true },
  },
  create(options, { space, parts }) {
    const fixed = {
      space,
      truth: parts.truth as Measure<unknown>,
      measures: parts.measures as Measure<unknown>[],
    };
    return {
      when: 'after',
      begin: async ({ streams }, saved) => {
        const stream = streams.stream('architectures');
        const architectures = chooseArchitectures(space, options.architectures, stream);
        return oneStep((signal) => agreement({ ...fixed, architectures, streams }, signal), saved);
      },
    };
  },
});

const equalLatencyStudy = definePlugin({
  id: 'equal-latency',
  kind: 'study',
  summary: 'What the best that was found is worth beside all that are as fast, by device.',
  options: z.strictObject({
    devices: z
      .array(z.string())
      .min(1)
      .describe('columns of the truth that are latencies: lat_pixel3, …'),
    within: z
      .number()
      .positive()
      .max(1)
      .default(0.05)
      .describe('share by which latencies may differ and count as equal'),
    architectures: architecturesSchema,
  }),
  requires: ['space'],
  parts: { truth },
  create({ architectures, ...options }, { space, parts }) {
    const table = parts.truth as Benchmark<unknown>;
    return {
      when: 'after',
      begin: async ({ search, streams }, saved) =>
        oneStep(() => {
          const chosen = chooseArchitectures(space, architectures, streams.stream('architectures'));
          const found = search.incumbents().map(({ proposal }) => proposal.architecture);
          return equalLatency({ ...options, space, table, found, architectures: chosen });
        }, saved),
    };
  },
});

/** The capability `view:histories` says that they are there. */
function kept(search: StudyContext<unknown>['search']): readonly History<unknown>[] {
  return search.views.histories ?? [];
}

const plugins = [
  regretStudy,
  hypervolumeStudy,
  landscapeStudy,
  agreementStudy,
  equalLatencyStudy,
] as unknown as readonly Plugin[];
export default plugins;
