import {
  type Merit,
  type Newborn,
  type NumberedSampler,
  type Outcome,
  ofLayout,
  type SamplerContext,
  type SamplerRecipe,
  type SearchSpace,
  type State,
  type Stream,
  samplerOf,
} from '@archer-nas/core';
import { type Individual, loadIndividual, saveIndividual } from './individual.ts';
import { Population } from './population.ts';
import type { Brood, EvolutionOf, Scheme } from './scheme.ts';

/** The number of the layout of {@link Saved}; the first had none. */
const FORMAT = 2;

interface Saved {
  readonly format: typeof FORMAT;
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

/** Individuals that room is made for before they are there. */
const MOST_ROOM = 4096;

const START: Saved = {
  format: FORMAT,
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
  // One text for all searches: a log compares it with the last one at every evaluation.
  const own = { ...of, prefix: `${of.prefix ?? of.name}-` };
  return {
    name: of.name,
    ...(of.evaluations === undefined ? {} : { evaluations: of.evaluations }),
    begin: (context, saved) => samplerOf(new Evolution(own, context, saved), context.objective),
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
  readonly population: Population<A>;
  #newcomers: Individual<A>[];
  /** The last `#count` children, with the numbers of their parents: lists that are used again. */
  readonly #children: A[] = [];
  readonly #parents: number[] = [];
  #count = 0;
  /** The child that is asked for next. */
  #next = 0;

  constructor(
    of: EvolutionOf & { readonly prefix: string },
    { space, objective }: SamplerContext<A>,
    state?: State,
  ) {
    const saved =
      state === undefined ? START : ofLayout<Saved>(`The state of ${of.name} is`, state, FORMAT);
    const load = (one: State): Individual<A> => loadIndividual(space, objective, one);
    this.newborn = { prefix: of.prefix, number: -1, architecture: undefined as A, parent: -1 }; // before `ask`
    this.#space = space;
    this.#scheme = of.scheme(space, objective);
    this.#isSteady = of.pace === 'steady';
    this.#claimed = new Set(saved.claimed);
    this.proposed = saved.proposed;
    this.generation = saved.generation;
    this.outstanding = saved.outstanding;
    this.population = new Population(
      saved.population.map(load),
      Math.min(of.population ?? 0, MOST_ROOM),
    );
    this.#newcomers = saved.newcomers.map(load);
    for (const { architecture, parent } of saved.queue) {
      this.#add(space.parse(architecture), parent);
    }
  }

  get state(): State {
    const space = this.#space;
    const saved: Saved = {
      format: FORMAT,
      proposed: this.proposed,
      generation: this.generation,
      outstanding: this.outstanding,
      population: this.population.all().map((one) => saveIndividual(space, one)),
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
    if (Number.isNaN(merit.violation)) return;
    if (this.#isSteady) {
      this.population.add(number, architecture, outcome, merit);
      this.#scheme.age?.(this.population);
    } else this.#newcomers.push({ number, architecture, outcome, ...merit });
  }

  bear(architecture: A, parent = -1): undefined {
    this.#add(architecture, parent);
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
      this.#survive();
    }
    this.#count = 0;
    this.#next = 0;
    if (this.#scheme.breed(this, stream) === 'wait') return 'wait';
    if (this.#count === 0) return 'done';
    this.generation++;
    return undefined;
  }

  #survive(): void {
    const newcomers = this.#newcomers;
    if (newcomers.length === 0) return;
    const { population } = this;
    population.become(this.#scheme.survive?.(population.all(), newcomers) ?? newcomers);
    this.#newcomers = [];
  }

  #add(architecture: A, parent: number): void {
    this.#children[this.#count] = architecture;
    this.#parents[this.#count++] = parent;
  }
}
