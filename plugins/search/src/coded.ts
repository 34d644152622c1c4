import type {
  Codes,
  Evaluation,
  History,
  Progress,
  Report,
  Search,
  SearchResult,
  State,
  Views,
} from '@archer-nas/core';
import type { LookUp } from './parts.ts';

/** A look-up by the codes of architectures. */
export function codedLookUp<A>(lookUp: LookUp<A>, codes: Codes<A>): LookUp<number> {
  return (proposal, context) => {
    const decoded = { ...proposal, architecture: codes.at(proposal.architecture) };
    return { ...lookUp(decoded, context), proposal };
  };
}

/** A search over codes as a search over architectures. */
export class Decoded<A> implements Search<A> {
  readonly #search: Search<number>;
  readonly #codes: Codes<A>;
  readonly #views: () => Views<A>;

  /** @param views those that are not of the search over codes */
  constructor(search: Search<number>, codes: Codes<A>, views: () => Views<A>) {
    this.#search = search;
    this.#codes = codes;
    this.#views = views;
  }

  get views(): Views<A> {
    const { histories = [] } = this.#search.views;
    return { ...this.#views(), histories: histories.map((one) => this.#history(one)) };
  }

  get state(): State {
    return this.#search.state;
  }

  get progress(): Progress {
    return this.#search.progress;
  }

  incumbents(): readonly Evaluation<A>[] {
    return this.#search.incumbents().map((one) => this.#evaluation(one));
  }

  step(signal: AbortSignal): Promise<Report> {
    return this.#search.step(signal);
  }

  async result(): Promise<SearchResult<A>> {
    const result = await this.#search.result();
    return { ...result, best: result.best.map((one) => this.#evaluation(one)) };
  }

  dispose(): void {
    this.#search.dispose?.();
  }

  #evaluation({ proposal, ...rest }: Evaluation<number>): Evaluation<A> {
    const architecture = this.#codes.at(proposal.architecture);
    return { proposal: { ...proposal, architecture }, ...rest };
  }

  #history(inner: History<number>): History<A> {
    const { arm, repeat, objective, snapshot } = inner;
    return {
      arm,
      repeat,
      objective,
      get length() {
        return inner.length;
      },
      at: (index) => this.#evaluation(inner.at(index)),
      paid: (index) => inner.paid(index),
      ...(snapshot && { snapshot: () => snapshot.call(inner) }),
    };
  }
}
