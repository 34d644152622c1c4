import type { Proposal } from './evaluation.ts';

/** What {@link Questions} save: architectures in the space's notation. */
export interface SavedQuestions {
  readonly round: number;
  readonly architectures: readonly string[];
  readonly asked: number;
  /** `null`: not known yet. */
  readonly answers: readonly (number | null)[];
}

/** Architectures that a sampler has to know the values of before it goes on: those of a round. */
export class Questions<A> {
  readonly #round: number;
  readonly #architectures: readonly A[];
  readonly #answers: (number | null)[];
  #asked: number;
  #open: number;

  constructor(
    round: number,
    architectures: readonly A[],
    saved?: Pick<SavedQuestions, 'asked' | 'answers'>,
  ) {
    this.#round = round;
    this.#architectures = architectures;
    this.#answers = [...(saved?.answers ?? architectures.map(() => null))];
    this.#asked = saved?.asked ?? 0;
    this.#open = this.#answers.filter((answer) => answer === null).length;
  }

  /** @param parse of the space */
  static restored<A>(saved: SavedQuestions, parse: (text: string) => A): Questions<A> {
    return new Questions(saved.round, saved.architectures.map(parse), saved);
  }

  /** The next at most `n` of them; `wait` when all are asked. */
  propose(n: number): readonly Proposal<A>[] | 'wait' {
    const from = this.#asked;
    const next = this.#architectures.slice(from, from + n);
    this.#asked += next.length;
    if (next.length === 0) return 'wait';
    return next.map((architecture, i) => ({ id: `${this.#round}-${from + i}`, architecture }));
  }

  /** Takes the value of a proposal; those of other rounds and second answers do not count. */
  answer({ id }: Proposal<A>, value: number): void {
    const [round, at = -1] = id.split('-').map(Number);
    if (round !== this.#round || this.#answers[at] !== null) return;
    this.#answers[at] = value;
    this.#open -= 1;
  }

  /** All of them. */
  get architectures(): readonly A[] {
    return this.#architectures;
  }

  /** Whether every value is known. */
  get complete(): boolean {
    return this.#open === 0;
  }

  /** In the order of the architectures, when complete. */
  get values(): readonly number[] {
    return this.#answers.map((answer) => answer ?? Number.NaN);
  }

  /** @param format of the space */
  saved(format: (a: A) => string): SavedQuestions {
    return {
      round: this.#round,
      architectures: this.#architectures.map(format),
      asked: this.#asked,
      answers: [...this.#answers],
    };
  }
}
