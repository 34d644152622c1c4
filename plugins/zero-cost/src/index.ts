import {
  ArcherError,
  definePlugin,
  EXIT,
  type Plugin,
  pureEvaluator,
  type SearchSpace,
} from '@archer-nas/core';
import { z } from 'zod';
import { meanFieldSynflow } from './mean-field-synflow.ts';

const synflow = definePlugin({
  id: 'mean-field-synflow',
  kind: 'evaluator',
  summary: 'SynFlow of a NAS-Bench-201 cell in expectation over initial weights, in closed form.',
  options: z.strictObject({}),
  requires: ['space', 'notation:nas-bench-201'],
  create(_options, { space }) {
    const { toChoices } = space;
    if (!toChoices) throw lacks(space, 'no choices that can be read');
    return pureEvaluator({
      metrics: [{ name: 'mean-field-synflow', unit: 'nats', direction: 'maximise' }],
      description: 'logarithm of SynFlow in expectation over initial weights, no training',
      measure: (a) => ({
        metrics: { 'mean-field-synflow': meanFieldSynflow(toChoices.call(space, a)) },
      }),
    });
  },
});

const cost = definePlugin({
  id: 'cost',
  kind: 'evaluator',
  summary: 'A cost of the space as a score: the baseline of every proxy.',
  options: z.strictObject({
    name: z
      .string()
      .optional()
      .describe('Which cost of the space, e.g. params or macs; its first one unless stated.'),
    direction: z
      .enum(['maximise', 'minimise'])
      .default('maximise')
      .describe('maximise: larger networks are taken for better ones'),
  }),
  requires: ['space', 'costs'],
  create({ name: wanted, direction }, { space }) {
    const { costs } = space;
    const names = costs?.names ?? [];
    const name = wanted ?? names[0] ?? '';
    if (!costs || !names.includes(name)) {
      throw lacks(space, `no cost "${name}", only ${names.join(', ') || 'none'}`);
    }
    return pureEvaluator({
      metrics: [{ name, unit: name, direction }],
      description: `${name} of the architecture, no training`,
      measure: (a) => ({ metrics: { [name]: costs.of(a)[name] ?? Number.NaN } }),
    });
  },
});

function lacks(space: SearchSpace<unknown>, what: string): ArcherError {
  return new ArcherError('ARCHER_CAPABILITY', `${space.name} has ${what}.`, {
    exit: EXIT.manifest,
  });
}

const plugins = [synflow, cost] as unknown as readonly Plugin[];
export default plugins;
export { meanFieldSynflow } from './mean-field-synflow.ts';
