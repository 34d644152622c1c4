import type {
  Evaluation,
  EvaluationContext,
  EvaluationJob,
  Evaluator,
  Proposal,
  Report,
  State,
} from '@archer-nas/core';

/** What a divided evaluator is made of. */
export interface DividedEvaluatorOf<A> extends Pick<Evaluator<A>, 'metrics' | 'description'> {
  /** The number of the evaluator that an architecture belongs to. */
  owner(a: A): number;
  evaluator(number: number): Evaluator<A>;
}

/** Every architecture is scored by the evaluator that it belongs to, one of these after the other. */
export function dividedEvaluator<A>(of: DividedEvaluatorOf<A>): Evaluator<A> {
  const { metrics, description } = of;
  return {
    metrics,
    ...(description !== undefined && { description }),
    group: (a) => of.owner(a),
    start: (proposals, context, saved) => new DividedJob(of, proposals, context, saved),
  };
}

class DividedJob<A> implements EvaluationJob<A> {
  readonly #proposals: readonly Proposal<A>[];
  /** One per owner that has proposals. */
  readonly #jobs: readonly EvaluationJob<A>[];

  constructor(
    { owner, evaluator }: DividedEvaluatorOf<A>,
    proposals: readonly Proposal<A>[],
    context: EvaluationContext,
    state: State | undefined,
  ) {
    const saved = state as readonly State[] | undefined;
    this.#proposals = proposals;
    const owners = proposals.map(({ architecture }) => owner(architecture));
    const present = [...new Set(owners)].sort((a, b) => a - b);
    this.#jobs = present.map((number, at) => {
      const own = proposals.filter((_, i) => owners[i] === number);
      return evaluator(number).start(own, context, saved?.[at]);
    });
  }

  get state(): State {
    return this.#jobs.map((job) => job.state);
  }

  get progress() {
    const sum = (key: 'done' | 'total') =>
      this.#jobs.reduce((total, { progress }) => total + progress[key], 0);
    return { done: sum('done'), total: sum('total'), unit: 'evaluation' } as const;
  }

  async step(signal: AbortSignal): Promise<Report> {
    const job = this.#jobs.find(({ progress }) => progress.done < progress.total);
    if (job === undefined) return {};
    const report = await job.step(signal);
    // Its batches, of which there would be as many copies as jobs.
    if (job.progress.done === job.progress.total) job.dispose?.();
    return report;
  }

  evaluations(): readonly Evaluation<A>[] {
    const known = new Map(
      this.#jobs.flatMap((job) => job.evaluations()).map((one) => [one.proposal, one]),
    );
    return this.#proposals.flatMap((proposal) => known.get(proposal) ?? []);
  }

  dispose(): void {
    for (const job of this.#jobs) job.dispose?.();
  }
}
