import type { AnySplit, Evaluator, Report, Streams } from '@archer-nas/core';

/** What {@link inherited} looks at. */
export interface InheritedOptions<A> {
  readonly architecture: A;
  /** By the name that their metrics are told under: with the weights found, without training. */
  readonly evaluators: Readonly<Record<string, Evaluator<A>>>;
  readonly images: AnySplit;
  readonly batches: 'all' | number;
  readonly streams: Streams;
}

/** How good an architecture is with the weights of the supernet, by what the search measures. */
export async function inherited<A>(
  { architecture, evaluators, images, batches, streams }: InheritedOptions<A>,
  signal: AbortSignal,
): Promise<Report> {
  const metrics: Record<string, number> = {};
  for (const [name, evaluator] of Object.entries(evaluators)) {
    const proposals = [{ id: name, architecture }];
    const job = evaluator.start(proposals, { images, batches, streams: streams.scope(name) });
    while (job.progress.done < job.progress.total) await job.step(signal);
    for (const [metric, value] of Object.entries(job.evaluations()[0]?.metrics ?? {})) {
      metrics[`${name}-${metric}`] = value;
    }
    job.dispose?.();
  }
  const notes = Object.entries(evaluators).flatMap(([name, { description }]) =>
    description === undefined ? [] : [`${name}: ${description}.`],
  );
  return { metrics, notes };
}
