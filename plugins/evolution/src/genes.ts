import type { Choice, Decision, SearchSpace, Stream } from '@archer-nas/core';
import { ArcherError, EXIT } from '@archer-nas/core';

/** An architecture as its choices, one per decision. */
export type Genes = readonly Choice[];

/** A space whose architectures are independent categorical choices. */
export interface GeneSpace<A> {
  readonly decisions: readonly Decision[];
  toGenes(a: A): Genes;
  fromGenes(genes: Genes): A;
}

/** @throws ArcherError `ARCHER_CAPABILITY` when the space is not made of such choices */
export function geneSpace<A>(name: string, space: SearchSpace<A>): GeneSpace<A> {
  const { decisions = [], toChoices, fromChoices } = space;
  const plain = decisions.every(({ options, when }) => options !== undefined && when === undefined);
  if (decisions.length > 0 && plain && toChoices && fromChoices) {
    return {
      decisions,
      toGenes: (a) => toChoices.call(space, a),
      fromGenes: (genes) => fromChoices.call(space, genes),
    };
  }
  throw new ArcherError(
    'ARCHER_CAPABILITY',
    `${name} needs a space of unconditional categorical decisions; ${space.name} has none`,
    { exit: EXIT.manifest },
  );
}

/** Every gene uniform over its options. */
export function randomGenes(decisions: readonly Decision[], stream: Stream): Genes {
  return decisions.map((decision) => stream.int(decision.options?.length ?? 1));
}

/** Each gene is drawn anew with probability `rate`, uniformly over all its options. */
export function mutate(
  parent: Genes,
  decisions: readonly Decision[],
  rate: number,
  stream: Stream,
): Genes {
  return parent.map((gene, i) =>
    stream.float() < rate ? stream.int(decisions[i]?.options?.length ?? 1) : gene,
  );
}

/** Each gene from one of the parents, with equal probability. */
export function crossover(a: Genes, b: Genes, stream: Stream): Genes {
  return a.map((gene, i) => (stream.int(2) === 0 ? gene : (b[i] as Choice)));
}

/** Each gene becomes another of its options with probability `rate`, uniformly. */
export function mutateOther(
  parent: Genes,
  decisions: readonly Decision[],
  rate: number,
  stream: Stream,
): Genes {
  return parent.map((gene, i) => {
    const count = decisions[i]?.options?.length ?? 1;
    if (count === 1 || stream.float() >= rate) return gene;
    const other = stream.int(count - 1);
    return other < gene ? other : other + 1;
  });
}

/** The genes of `b` between two cuts, of `a` elsewhere. */
export function twoPoint(a: Genes, b: Genes, stream: Stream): Genes {
  const cuts = [stream.int(a.length + 1), stream.int(a.length + 1)];
  const [from, to] = [Math.min(...cuts), Math.max(...cuts)];
  return a.map((gene, i) => (i >= from && i < to ? (b[i] as Choice) : gene));
}
