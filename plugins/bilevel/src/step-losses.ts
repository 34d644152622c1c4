import type {
  AnyBatch,
  Mixture,
  Model,
  Network,
  Noise,
  ParameterStore,
  RunningStatistics,
} from '@archer-nas/nn';
import { SupernetLoss } from './batch-loss.ts';

/** What all losses of a training are computed with. */
export interface StepLossParts {
  readonly network: Model | Network;
  readonly store: ParameterStore;
  readonly statistics: RunningStatistics | undefined;
  /** What modifiers add to every mixture. */
  readonly complete: (mixture: Mixture) => Mixture;
}

type Disposable = { dispose(): void };

/** The losses of a step, and whatever else it makes: all of it is freed when the step ends. */
export class StepLosses {
  readonly #parts: StepLossParts;
  #owned: Disposable[] = [];

  constructor(parts: StepLossParts) {
    this.#parts = parts;
  }

  /** The loss on a batch, which is read when it is first asked for. */
  on(read: () => AnyBatch, noise?: Noise): SupernetLoss {
    const own = (result: Disposable): void => this.own(result);
    return new SupernetLoss({ ...this.#parts, own, noise }, read);
  }

  /** Takes something over until the step ends. */
  own(...results: readonly Disposable[]): void {
    this.#owned.push(...results);
  }

  /** Frees what `work` has made, when it ends. */
  releasing<T>(work: () => T): T {
    try {
      return work();
    } finally {
      for (const result of this.#owned) result.dispose();
      this.#owned = [];
    }
  }
}
