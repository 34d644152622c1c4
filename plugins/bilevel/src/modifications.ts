import type { State } from '@archer-nas/core';
import type {
  BilevelMoment,
  BilevelStep,
  LossGradients,
  Mixture,
  MixtureSpace,
  Modification,
  Modifier,
  ModifierContext,
  Network,
  Rows,
  SupernetTask,
} from '@archer-nas/nn';

/** The supernet of a space, as modifiers want it. */
export function modifiedSupernet<A>(
  space: MixtureSpace<A>,
  given: SupernetTask,
  modifiers: readonly Modifier[],
): Network {
  const task = modifiers.reduce((task, modifier) => modifier.task?.(task) ?? task, given);
  return modifiers.reduce(
    (network, modifier) => modifier.network?.(network) ?? network,
    space.supernet(task),
  );
}

/** The modifiers of one search at work, in the manifest's order. */
export class Modifications {
  readonly #modifiers: readonly Modifier[];
  readonly #parts: readonly (Modification | undefined)[];

  constructor(
    modifiers: readonly Modifier[],
    context: ModifierContext,
    saved: readonly State[] = [],
  ) {
    this.#modifiers = modifiers;
    this.#parts = modifiers.map((modifier, at) => modifier.begin?.(context, saved[at]));
  }

  /** What every loss is computed with. */
  complete(mixture: Mixture, at: BilevelMoment): Mixture {
    return this.#parts.reduce((given, part) => part?.mixture?.(given, at) ?? given, mixture);
  }

  /** What the weight step trains. */
  weightMixture(mixture: Mixture, at: BilevelStep): Mixture {
    return this.#modifiers.reduce(
      (given, modifier) => modifier.weightMixture?.(given, at) ?? given,
      mixture,
    );
  }

  update(gradients: LossGradients, at: BilevelMoment): void {
    for (const part of this.#parts) part?.update?.(gradients, at);
  }

  scores(probabilities: Rows): Rows {
    return this.#parts.reduce((given, part) => part?.scores?.(given) ?? given, probabilities);
  }

  /** By position; `null` for those that have nothing to learn. */
  get state(): readonly State[] {
    return this.#parts.map((part) => part?.state ?? null);
  }
}
