import {
  type AnySplit,
  type Cache,
  canonicalJson,
  type EvaluationContext,
  type Evaluator,
  isText,
  type Phase,
  type Proposal,
  sha256Hex,
} from '@archer-nas/core';

/** One number per architecture, measured piece by piece. */
export interface Column<A> {
  readonly name: 'truth' | 'scores' | 'untrained';
  readonly evaluator: Evaluator<A>;
  readonly context: EvaluationContext;
  /** Architectures that are given to the evaluator at a time. */
  readonly perPiece: number;
  /** Where values are kept between runs; absent: nowhere. */
  readonly cache?: Cache;
}

/** Architectures that a column's time is estimated from. */
const SAMPLE = 4;

/** What the evaluator's job for `proposal` alone counts to: the length of an architecture. */
export function unitsOf<A>({ evaluator, context }: Column<A>, proposal: Proposal<A>): number {
  const job = evaluator.start([proposal], context);
  try {
    return job.progress.total;
  } finally {
    job.dispose?.();
  }
}

/**
 * The measuring of a column, to be timed on a few of the architectures that are not in the cache,
 * evenly spread.
 */
export function phaseOf<A>(
  column: Column<A>,
  proposals: readonly Proposal<A>[],
  id: (a: A) => string,
): Phase {
  const { evaluator, context, name, perPiece } = column;
  return {
    name,
    async sample() {
      const { unknown } = await lookUp(column, proposals, id);
      const count = Math.min(unknown.length, perPiece, SAMPLE);
      const spread = Array.from({ length: count }, (_, i) => {
        const at = unknown[Math.floor((i * unknown.length) / count)] as number; // in range
        return proposals[at] as Proposal<A>;
      });
      const job = evaluator.start(spread, context);
      return { job, times: count === 0 ? 0 : unknown.length / count };
    },
  };
}

/** What the cache knows of the proposals. */
export async function lookUp<A>(
  column: Column<A>,
  proposals: readonly Proposal<A>[],
  id: (a: A) => string,
): Promise<{ readonly known: Float64Array; readonly unknown: Int32Array }> {
  const keys = keysOf(column, proposals, id);
  const found = await Promise.all(keys.map((key) => key && column.cache?.get(key)));
  const isKnown = (value: unknown): value is number => typeof value === 'number';
  return {
    known: Float64Array.from(found, (value) => (isKnown(value) ? value : Number.NaN)),
    unknown: Int32Array.from(found.flatMap((value, at) => (isKnown(value) ? [] : [at]))),
  };
}

/** Identity of each value: what it was measured by, on, and with which random numbers. */
export function keysOf<A>(
  { evaluator, context, cache }: Column<A>,
  proposals: readonly Proposal<A>[],
  id: (a: A) => string,
): readonly (string | undefined)[] {
  if (!cache || evaluator.identity === undefined) return proposals.map(() => undefined);
  const { images, batches, streams } = context;
  const stream = streams.stream('identity');
  const common = {
    version: 1,
    evaluator: evaluator.identity,
    metric: evaluator.metrics[0]?.name ?? '',
    images: images ? imagesIdentity(images) : null,
    batches,
    randomness: [stream.uint32(), stream.uint32(), stream.uint32(), stream.uint32()],
  };
  return proposals.map(({ architecture }) => {
    const identity = { ...common, architecture: id(architecture) };
    return `rank-truth/${sha256Hex(canonicalJson(identity))}`;
  });
}

function imagesIdentity(images: AnySplit) {
  const { name, size } = images;
  const values = isText(images) ? images.tokens : images.labels;
  const labels = sha256Hex(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return { name, size, labels };
}
