import {
  type Merit,
  type Newborn,
  type NumberedSampler,
  type Objective,
  type Outcome,
  type SamplerContext,
  type SamplerRecipe,
  type SearchSpace,
  type State,
  type Stream,
  samplerOf,
} from '@archer-nas/core';
import { type Individual, loadIndividual, saveIndividual } from './individual.ts';

/** What a scheme sees when it makes children, and where it puts them. */
export interface Brood<A> {
  /** May be changed: who dies before a birth is removed here. */
  readonly population: Individual<A>[];
  /** Children proposed so far, and how many of them are not evaluated yet. */
  readonly proposed: number;
  readonly outstanding: number;
  /** How often children were made; the first time is 0. */
  readonly generation: number;
  /** Adds a child, of a parent where it has one. */
  bear(architecture: A, parent?: Individual<A>): undefined;
  /** Takes an architecture, unless it was taken before. */
  claim(a: A): boolean;
  isTaken(a: A): boolean;
}

/** A new architecture, with what it was made from. */
export interface Child<A> {
  readonly architecture: A;
  readonly parent?: Individual<A>;
}

/** A kind of evolution: everything that tells one from another. */
export interface Scheme<A> {
  /**
   * The first population, then children of the chosen parents. None: the search is over.
   * `wait`: whoever could be a parent is not evaluated yet.
   */
  breed(brood: Brood<A>, stream: Stream): 'wait' | undefined;
  /**
   * Who lives on, of the population and those who were evaluated. May reuse the first list; the
   * second is lent.
   */
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
  /** Children that nobody has asked for yet, with the numbers of their parents; -1: none. */
  readonly queue: readonly { readonly architecture: string; readonly parent: number }[];
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
    begin: (context, saved) => samplerOf(new Evolution(of, context, saved), context.objective),
  };
}

class Evolution<A> implements NumberedSampler<A>, Brood<A> {
  readonly newborn: Newborn<A>;
  readonly #space: SearchSpace<A>;
  readonly #scheme: Scheme<A>;
  readonly #isSteady: boolean;
  readonly #claimed: Set<string>;
  proposed: number;
  generation: number;
  outstanding: number;
  population: Individual<A>[];
  #newcomers: Individual<A>[];
  /** The newcomer of a steady evolution: a list that is used again. */
  readonly #one: Individual<A>[] = [];
  /** The last `#count` children, with the numbers of their parents: lists that are used again. */
  readonly #children: A[] = [];
  readonly #parents: number[] = [];
  #count = 0;
  /** The child that is asked for next. */
  #next = 0;

  constructor(of: EvolutionOf, { space, objective }: SamplerContext<A>, state?: State) {
    const saved = (state as Saved | undefined) ?? START;
    const load = (one: State): Individual<A> => loadIndividual(space, objective, one);
    const prefix = `${of.prefix ?? of.name}-`;
    this.newborn = { prefix, number: -1, architecture: undefined as A, parent: -1 }; // before `ask`
    this.#space = space;
    this.#scheme = of.scheme(space, objective);
    this.#isSteady = of.pace === 'steady';
    this.#claimed = new Set(saved.claimed);
    this.proposed = saved.proposed;
    this.generation = saved.generation;
    this.outstanding = saved.outstanding;
    this.population = saved.population.map(load);
    this.#newcomers = saved.newcomers.map(load);
    for (const { architecture, parent } of saved.queue) {
      this.#add(space.parse(architecture), parent);
    }
  }

  get state(): State {
    const space = this.#space;
    const saved: Saved = {
      proposed: this.proposed,
      generation: this.generation,
      outstanding: this.outstanding,
      population: this.population.map((one) => saveIndividual(space, one)),
      newcomers: this.#newcomers.map((one) => saveIndividual(space, one)),
      queue: this.#children.slice(this.#next, this.#count).map((architecture, i) => ({
        architecture: space.format(architecture),
        parent: this.#parents[this.#next + i] as number, // as many as children
      })),
      claimed: [...this.#claimed],
    };
    return saved as unknown as State;
  }

  ask(stream: Stream): 'wait' | 'done' | undefined {
    if (this.#next === this.#count) {
      const stop = this.#breed(stream);
      if (stop !== undefined) return stop;
    }
    const { newborn } = this;
    newborn.number = this.proposed++;
    newborn.architecture = this.#children[this.#next] as A;
    newborn.parent = this.#parents[this.#next++] as number; // as many as children
    this.outstanding++;
    return undefined;
  }

  tell(number: number, architecture: A, outcome: Outcome, merit: Readonly<Merit>): void {
    this.outstanding--;
    const { violation, fitness } = merit;
    if (Number.isNaN(violation)) return;
    const individual = { number, architecture, outcome, violation, fitness };
    if (!this.#isSteady) this.#newcomers.push(individual);
    else {
      this.#one[0] = individual;
      this.#survive(this.#one);
    }
  }

  bear(architecture: A, parent?: Individual<A>): undefined {
    this.#add(architecture, parent === undefined ? -1 : parent.number);
  }

  claim(a: A): boolean {
    if (this.isTaken(a)) return false;
    this.#claimed.add(this.#space.id(a));
    return true;
  }

  isTaken(a: A): boolean {
    return this.#claimed.has(this.#space.id(a));
  }

  /** Makes children. @returns why it cannot */
  #breed(stream: Stream): 'wait' | 'done' | undefined {
    if (!this.#isSteady) {
      if (this.outstanding > 0) return 'wait';
      this.#survive(this.#newcomers);
      this.#newcomers = [];
    }
    this.#count = 0;
    this.#next = 0;
    if (this.#scheme.breed(this, stream) === 'wait') return 'wait';
    if (this.#count === 0) return 'done';
    this.generation++;
    return undefined;
  }

  #survive(newcomers: readonly Individual<A>[]): void {
    if (newcomers.length > 0) this.population = this.#scheme.survive(this.population, newcomers);
  }

  #add(architecture: A, parent: number): void {
    this.#children[this.#count] = architecture;
    this.#parents[this.#count++] = parent;
  }
}

/** Adds all children. */
export function bearAll<A>(brood: Brood<A>, children: readonly Child<A>[]): undefined {
  for (const { architecture, parent } of children) brood.bear(architecture, parent);
}
