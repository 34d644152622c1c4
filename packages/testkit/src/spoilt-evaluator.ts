// biome-ignore-all lint/suspicious/noExplicitAny: architecture types meet in the manifest
import {
  type Evaluation,
  type Evaluator,
  type Plugin,
  type SearchSpace,
  sha256Hex,
} from '@archer-nas/core';

/** How evaluations are spoilt: every metric is NaN, or there is none. */
export type Spoiling = 'nan' | 'failed';

/** An evaluator plugin whose evaluations of every other architecture, by hash, are spoilt. */
export function spoil(plugin: Plugin<any, any>, how: Spoiling): Plugin<any, any> {
  if (plugin.kind !== 'evaluator' || !('create' in plugin)) return plugin;
  return {
    ...plugin,
    create: async (options: any, deps: any) =>
      spoilt((await plugin.create(options, deps)) as Evaluator<any>, deps.space, how),
  };
}

function spoilt(inner: Evaluator<any>, space: SearchSpace<any>, how: Spoiling): Evaluator<any> {
  const change = (evaluation: Evaluation<any>): Evaluation<any> => {
    const hash = sha256Hex(space.id(evaluation.proposal.architecture));
    if (Number.parseInt(hash.slice(0, 2), 16) % 2 === 0) return evaluation;
    if (how === 'failed') return { ...evaluation, metrics: {}, status: 'failed', reason: 'kit' };
    const names = Object.keys(evaluation.metrics);
    return { ...evaluation, metrics: Object.fromEntries(names.map((name) => [name, Number.NaN])) };
  };
  const lookUp = inner.lookUp?.bind(inner);
  return {
    ...inner,
    ...(lookUp && { lookUp: (proposal, context) => change(lookUp(proposal, context)) }),
    start(proposals, context, saved) {
      const job = inner.start(proposals, context, saved);
      return {
        get state() {
          return job.state;
        },
        get progress() {
          return job.progress;
        },
        async step(signal) {
          const { evaluations, ...report } = await job.step(signal);
          return evaluations ? { ...report, evaluations: evaluations.map(change) } : report;
        },
        evaluations: () => job.evaluations().map(change),
        dispose: () => job.dispose?.(),
      };
    },
  };
}
