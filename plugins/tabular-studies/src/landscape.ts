import { ArcherError, type Benchmark, EXIT, type Report, type SearchSpace } from '@archer-nas/core';

/** A table as a landscape: the value of every architecture and who its neighbours are. */
interface Landscape {
  /** Larger is better. */
  readonly values: Float64Array;
  /** Indices into `values`. */
  readonly neighbours: readonly (readonly number[])[];
}

/**
 * Local maxima of a table under the space's neighbourhood, and where steepest ascent from
 * every architecture ends.
 *
 * @throws ArcherError `ARCHER_CAPABILITY` when the space cannot list architectures or neighbours
 */
export function landscape<A>(truth: Benchmark<A>, space: SearchSpace<A>): Report {
  const { values, neighbours } = landscapeOf(truth, space);
  const best = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const strict = count(values, neighbours, (own, other) => own > other);
  const weak = count(values, neighbours, (own, other) => own >= other);
  const ascents = Array.from(values, (_, start) => climb(start, { values, neighbours }));
  const reached = ascents.filter(({ end }) => values[end] === best).length / ascents.length;
  const steps = ascents.reduce((sum, ascent) => sum + ascent.steps, 0) / ascents.length;
  const column = truth.column.name;
  return {
    metrics: {
      [`${column}/local-maxima`]: strict,
      [`${column}/local-maxima-with-ties`]: weak,
      [`${column}/ascents-to-best`]: reached,
      [`${column}/ascent-steps`]: steps,
    },
    tables: {
      landscape: {
        title: `Landscape of ${column} on ${space.name}`,
        columns: ['', 'value'],
        rows: [
          ['architectures', values.length],
          ['strict local maxima', strict],
          ['local maxima, ties allowed', weak],
          ['share of steepest ascents that end at the best', reached],
          ['mean steps of an ascent', steps],
        ],
        notes: [`${truth.name}: ${truth.description}`],
      },
    },
  };
}

function landscapeOf<A>(truth: Benchmark<A>, space: SearchSpace<A>): Landscape {
  const { all, neighbours } = space;
  if (!all || !neighbours || space.size === undefined) {
    throw new ArcherError(
      'ARCHER_CAPABILITY',
      `landscape: ${space.name} cannot list its architectures and their neighbours.`,
      { exit: EXIT.manifest },
    );
  }
  const architectures = [...all.call(space)];
  const indexOf = new Map(architectures.map((a, i) => [space.id(a), i]));
  const sign = truth.column.direction === 'maximise' ? 1 : -1;
  return {
    values: Float64Array.from(architectures, (a) => sign * truth.value(a)),
    neighbours: architectures.map((a) =>
      [...neighbours.call(space, a)].flatMap((other) => indexOf.get(space.id(other)) ?? []),
    ),
  };
}

function count(
  values: Float64Array,
  neighbours: Landscape['neighbours'],
  holds: (own: number, other: number) => boolean,
): number {
  const isMaximum = (list: readonly number[], i: number): boolean =>
    list.every((other) => holds(values[i] as number, values[other] as number));
  return neighbours.filter(isMaximum).length;
}

/** Moves to the best neighbour while it is better; of equal ones to the first. */
function climb(start: number, { values, neighbours }: Landscape): { end: number; steps: number } {
  let end = start;
  for (let steps = 0; ; steps++) {
    let next = end;
    for (const other of neighbours[end] ?? []) {
      if ((values[other] as number) > (values[next] as number)) next = other;
    }
    if (next === end) return { end, steps };
    end = next;
  }
}
