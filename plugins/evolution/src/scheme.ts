import type { Objective, SearchSpace, Stream } from '@archer-nas/core';
import type { Individual } from './individual.ts';
import type { Population } from './population.ts';

/** What a scheme sees when it makes children, and where it puts them. */
export interface Brood<A> {
  /** May be changed: who dies before a birth is removed here. */
  readonly population: Population<A>;
  /** Children proposed so far, and how many of them are not evaluated yet. */
  readonly proposed: number;
  readonly outstanding: number;
  /** How often children were made; the first time is 0. */
  readonly generation: number;
  /** Adds a child, of the parent of that number where it has one. */
  bear(architecture: A, parent?: number): undefined;
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
  /** In a generational evolution: who lives on, of the population and those evaluated. */
  survive?(
    population: readonly Individual<A>[],
    newcomers: readonly Individual<A>[],
  ): readonly Individual<A>[];
  /** In a steady evolution: who dies, now that the population has one more, the youngest. */
  age?(population: Population<A>): void;
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
  /** How many individuals there may be at once, where that is known. */
  readonly population?: number;
  scheme<A>(space: SearchSpace<A>, objective: Objective): Scheme<A>;
}

/** Adds all children. */
export function bearAll<A>(brood: Brood<A>, children: readonly Child<A>[]): undefined {
  for (const { architecture, parent } of children) brood.bear(architecture, parent?.number);
}
