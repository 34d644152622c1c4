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
import { fitnessOf } from './fitness.ts';

const NAME = 'local-search';

/** See the plugin's options. */
export interface LocalSearchOptions {
  /** Move to the first neighbour that is better, or to the best of all. */
  readonly move: 'first' | 'steepest';
  readonly restarts: boolean;
  /** Random draws for a start that is new. */
  readonly attempts: number;
}

/** What came of a proposal; no fitness while it is outstanding. */
interface Known {
  readonly proposal: string;
  readonly fitness: number | null;
}

interface Saved {
  readonly proposed: number;
  readonly outstanding: number;
  /** By architecture id. */
  readonly known: readonly (readonly [string, Known])[];
  readonly centre: string | null;
  /** Neighbours of the centre that are left to look at; null: not listed yet. */
  readonly queue: readonly string[] | null;
}

/**
 * Local search, or hill climbing, with restarts (White et al., UAI 2021): from a random start to
 * a better neighbour and so on, until none is better. What was evaluated once is remembered.
 */
export function localSearch(options: LocalSearchOptions): SamplerRecipe {
  return { name: NAME, begin: (context, saved) => new LocalSearch(options, context, saved) };
}

class LocalSearch<A> implements Sampler<A> {
  readonly #options: LocalSearchOptions;
  readonly #space: SearchSpace<A>;
  readonly #neighbours: (a: A) => readonly A[];
  readonly #fitness: (evaluation: Evaluation<unknown>) => number;
  readonly #known: Map<string, Known>;
  #proposed: number;
  #outstanding: number;
  #centre: A | undefined;
  #queue: A[] | undefined;

  constructor(
    options: LocalSearchOptions,
    { space, objective }: SamplerContext<A>,
    state: State | undefined,
  ) {
    const saved = state as unknown as Saved | undefined;
    this.#options = options;
    this.#space = space;
    this.#neighbours = neighboursOf(space);
    this.#fitness = fitnessOf(NAME, objective);
    this.#known = new Map(saved?.known ?? []);
    this.#proposed = saved?.proposed ?? 0;
    this.#outstanding = saved?.outstanding ?? 0;
    const centre = saved?.centre ?? null;
    this.#centre = centre === null ? undefined : space.parse(centre);
    this.#queue = saved?.queue?.map((one) => space.parse(one));
  }

  get state(): State {
    const saved: Saved = {
      proposed: this.#proposed,
      outstanding: this.#outstanding,
      known: [...this.#known],
      centre: this.#centre === undefined ? null : this.#space.format(this.#centre),
      queue: this.#queue?.map((one) => this.#space.format(one)) ?? null,
    };
    return saved as unknown as State;
  }

  propose(n: number, stream: Stream): readonly Proposal<A>[] | 'wait' | 'done' {
    const proposals: Proposal<A>[] = [];
    while (proposals.length < n) {
      const next = this.#next(stream);
      if (typeof next === 'string') return proposals.length > 0 ? proposals : next;
      proposals.push(next);
    }
    return proposals;
  }

  observe(evaluations: readonly Evaluation<A>[]): void {
    for (const evaluation of evaluations) {
      const { id, architecture } = evaluation.proposal;
      const fitness = this.#fitness(evaluation);
      this.#known.set(this.#space.id(architecture), { proposal: id, fitness });
      this.#outstanding--;
      const isBetter = this.#options.move === 'first' && fitness > this.#fitnessAt(this.#centre);
      if (this.#centre === undefined || isBetter) this.#moveTo(architecture);
    }
  }

  #next(stream: Stream): Proposal<A> | 'wait' | 'done' {
    for (;;) {
      if (this.#centre === undefined) {
        return this.#outstanding > 0 ? 'wait' : this.#start(stream);
      }
      // Neighbours in random order.
      this.#queue ??= stream.shuffle([...this.#neighbours(this.#centre)]);
      const neighbour = this.#queue.shift();
      if (neighbour !== undefined) {
        const known = this.#known.get(this.#space.id(neighbour));
        if (known === undefined) return this.#propose(neighbour);
        const isBetter = (known.fitness ?? Number.NaN) > this.#fitnessAt(this.#centre);
        if (isBetter && this.#options.move === 'first') this.#moveTo(neighbour);
      } else {
        if (this.#outstanding > 0) return 'wait';
        const best = this.#options.move === 'steepest' ? this.#best(this.#centre) : undefined;
        // None is better: a local maximum.
        if (best === undefined && !this.#options.restarts) return 'done';
        this.#moveTo(best);
      }
    }
  }

  /** `undefined`: to a new start. */
  #moveTo(architecture: A | undefined): void {
    this.#centre = architecture;
    this.#queue = undefined;
  }

  #start(stream: Stream): Proposal<A> | 'done' {
    for (let attempt = 0; attempt < this.#options.attempts; attempt++) {
      const architecture = this.#space.sample(stream);
      if (!this.#known.has(this.#space.id(architecture))) return this.#propose(architecture);
    }
    return 'done';
  }

  #propose(architecture: A): Proposal<A> {
    const id = `local-${this.#proposed++}`;
    this.#outstanding++;
    this.#known.set(this.#space.id(architecture), { proposal: id, fitness: null });
    const parent = this.#centre && this.#known.get(this.#space.id(this.#centre))?.proposal;
    return parent === undefined ? { id, architecture } : { id, architecture, parent };
  }

  /** The best neighbour, if it is better than the centre; of equals the first. */
  #best(centre: A): A | undefined {
    let best: A | undefined;
    for (const neighbour of this.#neighbours(centre)) {
      if (this.#fitnessAt(neighbour) > this.#fitnessAt(best ?? centre)) best = neighbour;
    }
    return best;
  }

  #fitnessAt(architecture: A | undefined): number {
    const known = architecture && this.#known.get(this.#space.id(architecture));
    return known?.fitness ?? Number.NEGATIVE_INFINITY;
  }
}

function neighboursOf<A>(space: SearchSpace<A>): (a: A) => readonly A[] {
  const { neighbours } = space;
  if (neighbours) return (a) => [...neighbours.call(space, a)];
  throw new ArcherError('ARCHER_CAPABILITY', `${NAME}: ${space.name} has no neighbours`, {
    exit: EXIT.manifest,
  });
}
