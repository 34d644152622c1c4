import {
  type Benchmark,
  type EvaluationContext,
  type Evaluator,
  kendallTauB,
  type Proposal,
  type Report,
  type SearchSpace,
  type Streams,
  spearman,
} from '@archer-nas/core';

/** What is compared: a column of a table or anything that scores architectures. */
export type Measure<A> = Benchmark<A> | Evaluator<A>;

/** What the agreement study looks at. */
export interface AgreementQuestion<A> {
  readonly space: SearchSpace<A>;
  readonly architectures: readonly A[];
  readonly truth: Measure<A>;
  readonly measures: readonly Measure<A>[];
  readonly streams: Streams;
}

interface Column {
  readonly name: string;
  readonly description: string | undefined;
  /** Larger is better; NaN where there is none. */
  readonly values: Float64Array;
}

/** How well each measure orders architectures as the truth does; a random order beside them. */
export async function agreement<A>(
  question: AgreementQuestion<A>,
  signal: AbortSignal,
): Promise<Report> {
  const truth = await columnOf(question.truth, question, signal);
  const columns: Column[] = [];
  for (const measure of question.measures) {
    const column = await columnOf(measure, question, signal);
    columns.push({ ...column, name: free(column.name, columns) });
  }
  const random = randomOrder(question);
  const rows = [...columns, { ...random, name: free(random.name, columns) }].map((column) =>
    rowOf(column, truth),
  );
  return {
    metrics: Object.assign(
      {},
      ...rows.map(([name, , spearman, kendall]) => ({
        [`${name}/spearman`]: spearman,
        [`${name}/kendall-tau`]: kendall,
      })),
    ),
    tables: {
      agreement: {
        title: `Agreement with ${truth.name}`,
        columns: ['measure', 'n', 'spearman', 'tau'],
        rows,
        notes: [truth, ...columns].flatMap(({ name, description }) =>
          description === undefined ? [] : [`${name}: ${description}`],
        ),
      },
    },
  };
}

/** The name, or of a measure whose name another has `accuracy-2`: it is the key of metrics. */
function free(name: string, taken: readonly Pick<Column, 'name'>[]): string {
  const isTaken = (one: string) => taken.some((column) => column.name === one);
  let found = name;
  for (let number = 2; isTaken(found); number++) found = `${name}-${number}`;
  return found;
}

function rowOf({ name, values }: Column, truth: Column): [string, number, number, number] {
  const kept = Array.from(values.keys()).filter(
    (i) => !Number.isNaN(values[i]) && !Number.isNaN(truth.values[i]),
  );
  const x = kept.map((i) => values[i] as number);
  const y = kept.map((i) => truth.values[i] as number);
  return [name, kept.length, spearman(x, y), kendallTauB(x, y)];
}

async function columnOf<A>(
  measure: Measure<A>,
  { architectures, streams }: AgreementQuestion<A>,
  signal: AbortSignal,
): Promise<Column> {
  if ('column' in measure) {
    const { name, direction } = measure.column;
    const sign = direction === 'maximise' ? 1 : -1;
    const values = Float64Array.from(architectures, (a) => sign * measure.value(a));
    return { name, description: `${measure.name}, ${measure.column.description}`, values };
  }
  const { name = 'nothing', direction } = measure.metrics[0] ?? {};
  const sign = direction === 'minimise' ? -1 : 1;
  const values = await evaluate(measure, architectures, { batches: 'all', streams }, signal);
  return { name, description: measure.description, values: values.map((value) => sign * value) };
}

async function evaluate<A>(
  evaluator: Evaluator<A>,
  architectures: readonly A[],
  context: EvaluationContext,
  signal: AbortSignal,
): Promise<Float64Array> {
  const name = evaluator.metrics[0]?.name ?? '';
  const proposals = architectures.map(
    (architecture, i): Proposal<A> => ({
      id: `agreement-${i}`,
      architecture,
    }),
  );
  const job = evaluator.start(proposals, context);
  try {
    while (job.progress.done < job.progress.total) {
      signal.throwIfAborted();
      await job.step(signal);
    }
    return Float64Array.from(job.evaluations(), ({ status, metrics }) =>
      status === 'final' ? (metrics[name] ?? Number.NaN) : Number.NaN,
    );
  } finally {
    job.dispose?.();
  }
}

function randomOrder<A>({ space, architectures, streams }: AgreementQuestion<A>): Column {
  const scope = streams.scope('random');
  const values = Float64Array.from(architectures, (a) => scope.stream(space.id(a)).float());
  return { name: 'random', description: 'a random number per architecture', values };
}
