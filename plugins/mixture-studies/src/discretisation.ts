import type {
  DataSplit,
  Evaluation,
  EvaluationJob,
  Evaluator,
  Job,
  Proposal,
  Report,
  SearchSpace,
  State,
  Streams,
} from '@archer-nas/core';

/** What {@link discretisation} compares. */
export interface Discretised<A> {
  readonly space: SearchSpace<A>;
  /** What the search ends with. */
  readonly architecture: A;
  /** Percent correct of the mixture and of the architecture alone, both with shared weights. */
  readonly inherited: () => { readonly mixture: number; readonly derived: number };
  /** Says how good the architecture is with weights of its own. */
  readonly retrained: Evaluator<A>;
  /** What the accuracy of a training of its own is measured on. */
  readonly images: DataSplit;
  readonly streams: Streams;
}

interface Saved {
  readonly inherited: { readonly mixture: number; readonly derived: number } | null;
  readonly job: State;
}

/**
 * The accuracy of the mixture, and of the architecture that it is made discrete to: with the
 * weights of the mixture, and trained again. The first step looks at the shared weights, the
 * others train, or look up.
 */
export function discretisation<A>(parts: Discretised<A>, state?: State): Job {
  const { space, architecture, retrained, images, streams } = parts;
  const saved = state as unknown as Saved | undefined;
  const proposal: Proposal<A> = { id: 'derived', architecture };
  const job = retrained.start([proposal], { images, batches: 'all', streams }, saved?.job);
  let inherited = saved?.inherited ?? null;
  return {
    get state() {
      return { inherited, job: job.state } as unknown as State;
    },
    get progress() {
      const { done, total, unit } = job.progress;
      return { done: done + (inherited === null ? 0 : 1), total: total + 1, unit };
    },
    async step(signal) {
      signal.throwIfAborted();
      if (inherited === null) inherited = parts.inherited();
      else await job.step(signal);
      if (!isDone(job)) return {};
      return answer(inherited, job.evaluations()[0], {
        retrained,
        name: space.format(architecture),
      });
    },
    dispose: () => job.dispose?.(),
  };
}

function isDone({ progress: { done, total } }: EvaluationJob<unknown>): boolean {
  return done >= total;
}

function answer<A>(
  { mixture, derived }: { readonly mixture: number; readonly derived: number },
  evaluation: Evaluation<A> | undefined,
  { retrained, name }: { readonly retrained: Evaluator<A>; readonly name: string },
): Report {
  const [metric] = retrained.metrics;
  const value = evaluation?.metrics[metric?.name ?? ''];
  const again = value === undefined ? {} : { retrained: value };
  const cells = [mixture, derived, derived - mixture, value ?? null, name];
  return {
    metrics: { mixture, derived, gap: mixture - derived, ...again },
    tables: {
      discretisation: {
        title: 'What is lost when the mixture is made discrete',
        columns: [
          'mixture, %',
          'derived, %',
          'change',
          `retrained: ${metric?.name}`,
          'architecture',
        ],
        rows: [cells],
        notes: [
          'mixture and derived: accuracy on validation images with the weights of the search.',
          ...(retrained.description === undefined ? [] : [`retrained: ${retrained.description}.`]),
        ],
      },
    },
  };
}
