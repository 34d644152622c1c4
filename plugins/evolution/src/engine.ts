import type {
  Objective,
  Proposal,
  Sampler,
  SamplerContext,
  SamplerRecipe,
  SearchSpace,
  State,
  Stream,
} from '@archer-nas/core';
import { type Individual, individuals, loadIndividual, saveIndividual } from './individual.ts';

/** A new architecture, with the id of what it was made from. */
export interface Child<A> {
  readonly architecture: A;
  readonly parent?: string;
}

/** What a scheme sees when it makes children. */
export interface Brood<A> {
  /** May be changed: who dies before a birth is removed here. */
  readonly population: Individual<A>[];
  /** Children proposed so far, and how many of them are not evaluated yet. */
  readonly proposed: number;
  readonly outstanding: number;
  /** How often children were made; the first time is 0. */
  readonly generation: number;
  /** Takes an architecture, unless it was taken before. */
  claim(a: A): boolean;
  isTaken(a: A): boolean;
}

/** A kind of evolution: everything that tells one from another. */
export interface Scheme<A> {
  /**
   * The first population, then children of the chosen parents. None: the search is over.
   * `wait`: whoever could be a parent is not evaluated yet.
   */
  breed(brood: Brood<A>, stream: Stream): readonly Child<A>[] | 'wait';
  /** Who lives on, of the population and those who were evaluated. May reuse the list. */
  survive(population: Individual<A>[], newcomers: readonly Individual<A>[]): Individual<A>[];
}

/** How an evolution is made from its scheme. */
export interface EvolutionOf {
  /** The name of its searches, and, unless `prefix` differs, what ids of proposals begin with. */
  readonly name: string;
  readonly prefix?: string;
  /**
   * `steady`: children are made whenever some are wanted, whoever is outstanding, and each
   * joins the population once it is evaluated. `generational`: only when the whole generation
   * is evaluated.
   */
  readonly pace: 'steady' | 'generational';
  /** How many proposals it makes, where that is known. */
  readonly evaluations?: number;
  scheme<A>(space: SearchSpace<A>, objective: Objective): Scheme<A>;
}

interface Saved {
  readonly proposed: number;
  readonly generation: number;
  readonly outstanding: number;
  readonly population: readonly State[];
  /** Of the generation that is being evaluated. */
  readonly newcomers: readonly State[];
  readonly queue: readonly { readonly architecture: string; readonly parent: string | null }[];
  readonly claimed: readonly string[];
}

const START: Saved = {
  proposed: 0,
  generation: 0,
  outstanding: 0,
  population: [],
  newcomers: [],
  queue: [],
  claimed: [],
};

/** The one evolution: init, parent choice, variation and survival are the scheme's. */
export function evolve(of: EvolutionOf): SamplerRecipe {
  return {
    name: of.name,
    ...(of.evaluations === undefined ? {} : { evaluations: of.evaluations }),
    begin: (context, saved) => new Evolution(of, context, saved),
  };
}

class Evolution<A> implements Sampler<A> {
  readonly #space: SearchSpace<A>;
  readonly #scheme: Scheme<A>;
  readonly #prefix: string;
  readonly #isSteady: boolean;
  readonly #judge: ReturnType<typeof individuals<A>>;
  readonly #claimed: Set<string>;
  readonly #claim = (a: A): boolean => {
    const id = this.#space.id(a);
    if (this.#claimed.has(id)) return false;
    this.#claimed.add(id);
    return true;
  };
  readonly #isTaken = (a: A): boolean => this.#claimed.has(this.#space.id(a));
  /** Of one making, because a steady evolution has a child at a time. */
  readonly #brood: Brood<A>;
  #proposed: number;
  #generation: number;
  #outstanding: number;
  #population: Individual<A>[];
  #newcomers: Individual<A>[];
  #queue: Child<A>[];

  constructor(of: EvolutionOf, { space, objective }: SamplerContext<A>, state?: State) {
    const saved = (state as Saved | undefined) ?? START;
    const load = (one: State): Individual<A> => loadIndividual(space, objective, one);
    this.#space = space;
    this.#scheme = of.scheme(space, objective);
    this.#prefix = of.prefix ?? of.name;
    this.#isSteady = of.pace === 'steady';
    this.#judge = individuals(objective);
    this.#claimed = new Set(saved.claimed);
    this.#proposed = saved.proposed;
    this.#generation = saved.generation;
    this.#outstanding = saved.outstanding;
    this.#population = saved.population.map(load);
    this.#newcomers = saved.newcomers.map(load);
    this.#brood = this.#ownBrood();
    this.#queue = saved.queue.map(({ architecture, parent }) =>
      childOf(space.parse(architecture), parent ?? undefined),
    );
  }

  get state(): State {
    const space = this.#space;
    const saved: Saved = {
      proposed: this.#proposed,
      generation: this.#generation,
      outstanding: this.#outstanding,
      population: this.#population.map((one) => saveIndividual(space, one)),
      newcomers: this.#newcomers.map((one) => saveIndividual(space, one)),
      queue: this.#queue.map(({ architecture, parent }) => ({
        architecture: space.format(architecture),
        parent: parent ?? null,
      })),
      claimed: [...this.#claimed],
    };
    return saved as unknown as State;
  }

  propose(n: number, stream: Stream): readonly Proposal<A>[] | 'wait' | 'done' {
    const first = this.#next(stream);
    if (typeof first === 'string') return first;
    const proposals = [first]; // one is what is asked for most, and an empty list has room for many
    while (proposals.length < n) {
      const next = this.#next(stream);
      if (typeof next === 'string') break;
      proposals.push(next);
    }
    return proposals;
  }

  #next(stream: Stream): Proposal<A> | 'wait' | 'done' {
    if (this.#queue.length === 0) {
      const stop = this.#breed(stream);
      if (stop !== undefined) return stop;
    }
    return this.#proposalOf(this.#queue.shift() as Child<A>);
  }

  observe(evaluations: Parameters<Sampler<A>['observe']>[0]): void {
    this.#outstanding -= evaluations.length;
    for (const evaluation of evaluations) {
      const individual = this.#judge(evaluation);
      if (individual === undefined) continue;
      if (this.#isSteady) this.#survive([individual]);
      else this.#newcomers.push(individual);
    }
  }

  #ownBrood(): Brood<A> {
    const of = {
      population: () => this.#population,
      proposed: () => this.#proposed,
      outstanding: () => this.#outstanding,
      generation: () => this.#generation,
    };
    return {
      get population() {
        return of.population();
      },
      get proposed() {
        return of.proposed();
      },
      get outstanding() {
        return of.outstanding();
      },
      get generation() {
        return of.generation();
      },
      claim: this.#claim,
      isTaken: this.#isTaken,
    };
  }

  /** Fills the queue. @returns why it cannot */
  #breed(stream: Stream): 'wait' | 'done' | undefined {
    if (!this.#isSteady) {
      if (this.#outstanding > 0) return 'wait';
      this.#survive(this.#newcomers);
      this.#newcomers = [];
    }
    const children = this.#scheme.breed(this.#brood, stream);
    if (children === 'wait') return 'wait';
    if (children.length === 0) return 'done';
    this.#generation++;
    this.#queue = [...children];
    return undefined;
  }

  #survive(newcomers: readonly Individual<A>[]): void {
    if (newcomers.length > 0) this.#population = this.#scheme.survive(this.#population, newcomers);
  }

  #proposalOf({ architecture, parent }: Child<A>): Proposal<A> {
    const id = `${this.#prefix}-${this.#proposed++}`;
    this.#outstanding++;
    return parent === undefined ? { id, architecture } : { id, architecture, parent };
  }
}

/** A child without a `parent` field where it has none. */
export function childOf<A>(architecture: A, parent?: string): Child<A> {
  return parent === undefined ? { architecture } : { architecture, parent };
}
