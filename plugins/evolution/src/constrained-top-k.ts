import {
  ArcherError,
  EXIT,
  type Objective,
  type SamplerRecipe,
  type SearchSpace,
  type Stream,
} from '@archer-nas/core';
import { collect } from './attempts.ts';
import { evolve } from './engine.ts';
import { crossover, type GeneSpace, type Genes, geneSpace, mutate, randomGenes } from './genes.ts';
import { byFitness, type Individual, requireFitness } from './individual.ts';
import type { Scheme } from './scheme.ts';

const NAME = 'constrained-top-k';

/** See the plugin's options. */
export interface ConstrainedTopKOptions {
  readonly population: number;
  readonly parents: number;
  readonly mutations: number;
  readonly mutationRate: number;
  readonly crossovers: number;
  readonly generations: number;
  /** Attempts per wanted child of an operator. */
  readonly attempts: number;
  /** Attempts per wanted architecture when filling up with random ones. */
  readonly fillAttempts: number;
  /** Upper limits on costs of the space. */
  readonly constraint: Readonly<Record<string, number>>;
}

/** The evolutionary search of SPOS (src/Search/search.py) and OFA: the k best have children. */
export function constrainedTopK(options: ConstrainedTopKOptions): SamplerRecipe {
  return evolve({
    name: NAME,
    prefix: 'evolution',
    pace: 'generational',
    // The first population and one more for each generation.
    evaluations: options.population * (options.generations + 1),
    scheme: (space, objective) => topK(options, space, objective),
  });
}

function topK<A>(
  options: ConstrainedTopKOptions,
  space: SearchSpace<A>,
  objective: Objective,
): Scheme<A> {
  requireFitness(NAME, objective);
  const genes = geneSpace(NAME, space);
  const legal = limits(space, options.constraint);
  return {
    breed(brood, stream) {
      const { generation } = brood;
      const population = brood.population.all();
      if (generation > options.generations) return undefined;
      const take = (candidate: Genes): boolean => {
        const a = genes.fromGenes(candidate);
        return legal(a) && brood.claim(a);
      };
      const made = children({ population, take }, genes, options, stream);
      if (generation === 0 && made.length === 0) throw impossible(space, options);
      for (const one of made) brood.bear(genes.fromGenes(one));
      return undefined;
    },
    // The best of the old parents and the new generation; of equals, the older one.
    survive: (parents, newcomers) =>
      byFitness([...parents, ...newcomers]).slice(0, options.parents),
  };
}

/** The parents, and who may be a child. */
interface Selection<A> {
  readonly population: readonly Individual<A>[];
  readonly take: (candidate: Genes) => boolean;
}

/** Mutations, then crossovers, then random architectures until the population is full. */
function children<A>(
  { population, take }: Selection<A>,
  { decisions, toGenes }: GeneSpace<A>,
  options: ConstrainedTopKOptions,
  stream: Stream,
): readonly Genes[] {
  const { mutations, mutationRate, crossovers, attempts, fillAttempts } = options;
  const parents = population.map((one) => toGenes(one.architecture));
  const parent = (): Genes => stream.pick(parents);
  const bred = (wanted: number, draw: () => Genes): Genes[] =>
    parents.length === 0 ? [] : collect(wanted, attempts, draw, take);

  const mutants = bred(mutations, () => mutate(parent(), decisions, mutationRate, stream));
  const crossed = bred(crossovers, () => crossover(parent(), parent(), stream));
  const missing = options.population - mutants.length - crossed.length;
  const fill = collect(missing, fillAttempts, () => randomGenes(decisions, stream), take);
  return [...mutants, ...crossed, ...fill];
}

/** @throws ArcherError when a limited cost is not one of the space's */
function limits<A>(
  space: SearchSpace<A>,
  constraint: Readonly<Record<string, number>>,
): (a: A) => boolean {
  const entries = Object.entries(constraint);
  const names = space.costs?.names ?? [];
  for (const [name] of entries) {
    if (names.includes(name)) continue;
    throw new ArcherError(
      'ARCHER_CONSTRAINT',
      `evolution: ${space.name} has no cost '${name}', only ${names.join(', ') || 'none'}`,
      { exit: EXIT.manifest },
    );
  }
  if (entries.length === 0) return () => true;
  return (a) => {
    const costs = space.costs?.of(a) ?? {};
    return entries.every(([name, limit]) => (costs[name] as number) <= limit);
  };
}

function impossible<A>(space: SearchSpace<A>, options: ConstrainedTopKOptions): ArcherError {
  const tried = options.population * options.fillAttempts;
  return new ArcherError(
    'ARCHER_CONSTRAINT',
    `evolution: none of ${tried} random architectures of ${space.name} keeps ` +
      `${JSON.stringify(options.constraint)}`,
    { hint: 'Raise the limit.', exit: EXIT.manifest },
  );
}
