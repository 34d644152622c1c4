import {
  ArcherError,
  type Evaluation,
  EXIT,
  type Proposal,
  type Sampler,
  type SamplerContext,
  type SamplerRecipe,
  type SearchSpace,
  type State,
  type Stream,
} from '@archer-nas/core';
import { crossover, type GeneSpace, type Genes, geneSpace, mutate, randomGenes } from './genes.ts';

/** See the plugin's options. */
export interface EvolutionOptions {
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

/** The evolutionary search of SPOS (src/Search/search.py), asked one proposal at a time. */
export function evolution(options: EvolutionOptions): SamplerRecipe {
  return {
    // The first population and one more for each generation.
    evaluations: options.population * (options.generations + 1),
    begin: (context, saved) => begin(options, context, saved),
  };
}

/** An evaluated architecture; `fitness` is larger for better ones. */
interface Individual {
  readonly genes: Genes;
  readonly fitness: number;
}

interface Saved {
  /** Generations made so far; the first population is number 1. */
  readonly made: number;
  readonly proposed: number;
  /** Of the current generation, not proposed yet. */
  readonly queue: readonly Genes[];
  /** Of the current generation, proposed and not observed yet. */
  readonly open: number;
  /** Of the current generation, observed. */
  readonly evaluated: readonly Individual[];
  readonly parents: readonly Individual[];
  /** Ids of all architectures that were ever queued. */
  readonly visited: readonly string[];
}

const START: Saved = {
  made: 0,
  proposed: 0,
  queue: [],
  open: 0,
  evaluated: [],
  parents: [],
  visited: [],
};

function begin<A>(
  options: EvolutionOptions,
  { space, metric }: SamplerContext<A>,
  saved?: State,
): Sampler<A> {
  const genes = geneSpace(space);
  const legal = limits(space, options.constraint);
  const sign = metric.direction === 'maximise' ? 1 : -1;
  let now = (saved as Saved | undefined) ?? START;
  const visited = new Set(now.visited);
  /** Takes an architecture as visited if it is new and within the limits. */
  const claim = (candidate: Genes): boolean => {
    const a = genes.fromGenes(candidate);
    const id = space.id(a);
    if (visited.has(id) || !legal(a)) return false;
    visited.add(id);
    return true;
  };

  return {
    get state() {
      return { ...now, visited: [...visited] } as unknown as State;
    },
    propose(n, stream) {
      if (now.queue.length === 0) {
        if (now.open > 0) return 'wait';
        if (now.made > options.generations) return 'done';
        now = { ...now, parents: select(now, options.parents), evaluated: [] };
        const queue = generation(now, genes, options, claim, stream);
        if (now.made === 0 && queue.length === 0) throw impossible(space, options);
        now = { ...now, queue, made: now.made + 1 };
        if (queue.length === 0) return 'done';
      }
      const next = now.queue.slice(0, n);
      const proposals: Proposal<A>[] = next.map((one, i) => ({
        id: `evolution-${now.proposed + i}`,
        architecture: genes.fromGenes(one),
      }));
      now = {
        ...now,
        proposed: now.proposed + next.length,
        queue: now.queue.slice(n),
        open: now.open + next.length,
      };
      return proposals;
    },
    observe(evaluations) {
      const fresh = evaluations.map((evaluation) => ({
        genes: [...genes.toGenes(evaluation.proposal.architecture)],
        fitness: sign * value(evaluation, metric.name, sign),
      }));
      now = {
        ...now,
        open: now.open - fresh.length,
        evaluated: [...now.evaluated, ...fresh],
      };
    },
  };
}

/** The best of the old parents and the current generation; of equals, the older one. */
function select({ parents, evaluated }: Saved, count: number): readonly Individual[] {
  const able = [...parents, ...evaluated].filter(({ fitness }) => fitness > -Infinity);
  return able.sort((a, b) => b.fitness - a.fitness).slice(0, count);
}

/** Mutations, then crossovers, then random architectures until the population is full. */
function generation<A>(
  { parents }: Saved,
  { decisions }: GeneSpace<A>,
  options: EvolutionOptions,
  claim: (candidate: Genes) => boolean,
  stream: Stream,
): readonly Genes[] {
  const { population, mutations, mutationRate, crossovers, attempts, fillAttempts } = options;
  const collect = (wanted: number, tries: number, draw: () => Genes): Genes[] => {
    const found: Genes[] = [];
    for (let i = 0; i < wanted * tries && found.length < wanted; i++) {
      const candidate = draw();
      if (claim(candidate)) found.push(candidate);
    }
    return found;
  };
  const parent = (): Genes => stream.pick(parents).genes;
  const children = (wanted: number, draw: () => Genes): Genes[] =>
    parents.length === 0 ? [] : collect(wanted, attempts, draw);

  const mutants = children(mutations, () => mutate(parent(), decisions, mutationRate, stream));
  const crossed = children(crossovers, () => crossover(parent(), parent(), stream));
  const missing = population - mutants.length - crossed.length;
  const fill = collect(missing, fillAttempts, () => randomGenes(decisions, stream));
  return [...mutants, ...crossed, ...fill];
}

/** A failed evaluation, or one without a number, is worse than all others. */
function value<A>({ status, metrics }: Evaluation<A>, name: string, sign: number): number {
  const measured = metrics[name];
  const usable = status === 'final' && measured !== undefined && !Number.isNaN(measured);
  return usable ? measured : -sign * Infinity;
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

function impossible<A>(space: SearchSpace<A>, options: EvolutionOptions): ArcherError {
  const tried = options.population * options.fillAttempts;
  return new ArcherError(
    'ARCHER_CONSTRAINT',
    `evolution: none of ${tried} random architectures of ${space.name} keeps ` +
      `${JSON.stringify(options.constraint)}`,
    { hint: 'Raise the limit.', exit: EXIT.manifest },
  );
}
