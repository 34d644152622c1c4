/** One thing that happened inside of a step: a batch that was read, a pass, an update. */
export type Witnessed =
  | {
      readonly kind: 'batch';
      readonly split: string;
      /** Positions in the split, in the order of the batch. */
      readonly samples: Int32Array;
    }
  | {
      readonly kind: 'pass';
      readonly loss: number;
      /** By site, the options that were computed. */
      readonly path: Readonly<Record<string, readonly string[]>>;
      /** L2 norms of the gradients by parameter, before anything scales them. */
      readonly norms: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: 'update';
      readonly optimiser: string;
      readonly learningRate: number;
      /** What the gradients were multiplied with: the clip coefficient. */
      readonly scale: number;
    };

/** Takes what happens; nothing that it does may change a result. */
export type Witness = (seen: Witnessed) => void;

/** One place for all copies of core that a process may have loaded. */
const PLACE: unique symbol = Symbol.for('@archer-nas/core/witness@1') as never;

type Place = { [PLACE]?: Witness | undefined };

/**
 * Who looks at the step in progress; nobody, unless it is made again to be looked at. Those that
 * read batches and take gradients tell it, so that no algorithm has to.
 */
export function witness(): Witness | undefined {
  return (globalThis as Place)[PLACE];
}

/** Makes one step under the eyes of `see`. Not two at a time. */
export async function witnessed<T>(see: Witness, step: () => Promise<T>): Promise<T> {
  const place = globalThis as Place;
  place[PLACE] = see;
  try {
    return await step();
  } finally {
    place[PLACE] = undefined;
  }
}
