import {
  type AnySplit,
  type Candidates,
  type EvaluationJob,
  type Evaluator,
  type Job,
  mean,
  type Proposal,
  type Report,
  type SearchSpace,
  type State,
  type Streams,
} from '@archer-nas/core';

/** What {@link besideRandom} compares. */
export interface BesideRandom<A> {
  readonly space: SearchSpace<A>;
  /** What the search has selected from. */
  readonly candidates: Pick<Candidates<A>, 'evaluations'>;
  /** How many random architectures stand beside it. */
  readonly sample: number;
  /** Of the search, with its shared weights. */
  readonly scores: Evaluator<A>;
  /** Absent where scores need none. */
  readonly images: AnySplit | undefined;
  readonly batches: 'all' | number;
  readonly streams: Streams;
}

/**
 * Scores of the architectures that a search has selected from, one that was drawn twice counting
 * twice, beside those of random ones, with the same weights and on the same images. A step of it
 * scores one architecture.
 */
export function besideRandom<A>(parts: BesideRandom<A>, state?: State): Job {
  const { space, candidates, sample, scores, images, batches, streams } = parts;
  const stream = streams.stream('beside-random');
  const random = Array.from({ length: sample }, () => space.sample(stream));
  const drawn = candidates.evaluations().map(({ proposal }) => proposal.architecture);
  const proposals = [...drawn, ...random].map((architecture, at): Proposal<A> => {
    return { id: `${at}`, architecture };
  });
  const context = { ...(images && { images }), batches, streams: streams.scope('scores') };
  const job = scores.start(proposals, context, state);
  return {
    get state() {
      return job.state;
    },
    get progress() {
      return job.progress;
    },
    async step(signal) {
      const { evaluations: _, ...report } = await job.step(signal);
      const { done, total } = job.progress;
      return done < total ? report : answer(scores, job, drawn.length);
    },
    ...(job.dispose && { dispose: job.dispose.bind(job) }),
  };
}

function answer<A>(scores: Evaluator<A>, job: EvaluationJob<A>, selected: number): Report {
  const { name = 'score', direction } = scores.metrics[0] ?? {};
  const sign = direction === 'minimise' ? -1 : 1;
  const values = job.evaluations().map(({ metrics }) => metrics[name] ?? Number.NaN);
  const [own, random] = [values.slice(0, selected), values.slice(selected)];
  const best = (all: readonly number[]) => sign * Math.max(...all.map((value) => sign * value));
  const gain = (a: number, b: number) => (sign > 0 ? a - b : b - a);
  const metrics = {
    'selected-mean': mean(own),
    'random-mean': mean(random),
    'selection-gain': gain(mean(own), mean(random)),
    'selected-best': best(own),
    'random-best': best(random),
    'best-gain': gain(best(own), best(random)),
  };
  const row = (what: string, all: readonly number[]) => [what, all.length, mean(all), best(all)];
  return {
    metrics: Object.fromEntries(
      Object.entries(metrics).filter(([, value]) => Number.isFinite(value)),
    ),
    tables: {
      'beside-random': {
        title: 'What the search has selected, beside random architectures with the same weights',
        columns: ['', 'n', `${name}, mean`, 'best'],
        rows: [row('selected', own), row('random', random)],
        notes: scores.description === undefined ? [] : [`${name}: ${scores.description}.`],
      },
    },
  };
}
