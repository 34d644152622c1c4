import type { Layout } from './layout.ts';

/** What a source is given to work with. */
export interface FillContext {
  /** An empty folder of its own, removed afterwards. */
  readonly folder: string;
  readonly layout: Layout;
  readonly log: (line: string) => void;
}

/** Somewhere CIFAR-10 can be fetched from. */
export interface Source {
  readonly name: string;
  /**
   * Writes the six `.bin` files into the folder; who calls checks their sums.
   *
   * @throws when the source does not answer, stops answering or holds something else
   */
  fill(context: FillContext): Promise<void>;
}
