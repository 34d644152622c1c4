import {
  type Cache,
  canonicalJson,
  type DataSplit,
  type EvaluationContext,
  type Evaluator,
  type Proposal,
  sha256Hex,
} from '@archer-nas/core';

/** One number per architecture, measured piece by piece. */
export interface Column<A> {
  readonly name: 'truth' | 'scores' | 'untrained';
  readonly evaluator: Evaluator<A>;
  readonly context: EvaluationContext;
  /** Architectures per step. */
  readonly perStep: number;
  /** Where values are kept between runs; absent: nowhere. */
  readonly cache?: Cache;
}

/**
 * Values of the proposals on the evaluator's first metric, NaN for failures. What another run
 * has measured with the same streams is taken from the cache; it is the same number.
 */
export async function measure<A>(
  column: Column<A>,
  proposals: readonly Proposal<A>[],
  id: (a: A) => string,
  signal: AbortSignal,
): Promise<Float64Array> {
  const keys = proposals.map(({ architecture }) => keyOf(column, id(architecture)));
  const known = await Promise.all(keys.map((key) => key && column.cache?.get(key)));
  const unknown = proposals.filter((_, i) => typeof known[i] !== 'number');
  const fresh = await evaluate(column, unknown, signal);
  const values = new Float64Array(proposals.length);
  let next = 0;
  for (const [i, key] of keys.entries()) {
    const cached = known[i];
    const value = typeof cached === 'number' ? cached : (fresh[next++] as number);
    if (key && typeof cached !== 'number' && !Number.isNaN(value))
      await column.cache?.put(key, value);
    values[i] = value;
  }
  return values;
}

async function evaluate<A>(
  { evaluator, context }: Column<A>,
  proposals: readonly Proposal<A>[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const metric = evaluator.metrics[0]?.name ?? '';
  const job = evaluator.start(proposals, context);
  try {
    while (job.progress.done < job.progress.total) {
      signal.throwIfAborted();
      await job.step(signal);
    }
    return job.evaluations().map(({ status, metrics }) => {
      return status === 'final' ? (metrics[metric] ?? Number.NaN) : Number.NaN;
    });
  } finally {
    job.dispose?.();
  }
}

/** Identity of a value: what it was measured by, on, and with which random numbers. */
function keyOf<A>(
  { evaluator, context, cache }: Column<A>,
  architecture: string,
): string | undefined {
  if (!cache || evaluator.identity === undefined) return undefined;
  const { images, batches, streams } = context;
  const stream = streams.stream('identity');
  const identity = {
    version: 1,
    evaluator: evaluator.identity,
    metric: evaluator.metrics[0]?.name ?? '',
    images: images ? imagesIdentity(images) : null,
    batches,
    randomness: [stream.uint32(), stream.uint32(), stream.uint32(), stream.uint32()],
    architecture,
  };
  return `rank-truth/${sha256Hex(canonicalJson(identity))}`;
}

function imagesIdentity({ name, size, labels }: DataSplit) {
  return {
    name,
    size,
    labels: sha256Hex(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength)),
  };
}
