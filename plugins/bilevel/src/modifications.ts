import { type Allowed, ArcherError, EXIT, type State } from '@archer-nas/core';
import type {
  AnyBatch,
  BatchMoment,
  BilevelMoment,
  BilevelStep,
  EpochEnd,
  EpochVerdict,
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

/** Into how many stages modifiers divide the search. @throws ArcherError when two of them do */
export function stagesOf(modifiers: readonly Modifier[]): number {
  const counts = modifiers.flatMap(({ stages = 1 }) => (stages > 1 ? [stages] : []));
  if (counts.length < 2) return counts[0] ?? 1;
  throw new ArcherError(
    'ARCHER_STAGES',
    `${counts.length} modifiers divide the search into stages: into ${counts.join(' and ')}.`,
    { hint: 'Keep one of them in `with`.', exit: EXIT.manifest },
  );
}

/** The supernet of a space, as modifiers want it in a stage. */
export function modifiedSupernet<A>(
  space: MixtureSpace<A>,
  given: SupernetTask,
  { modifiers, stage }: { readonly modifiers: readonly Modifier[]; readonly stage: number },
): Network {
  const task = modifiers.reduce((task, modifier) => modifier.task?.(task, stage) ?? task, given);
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

  /** Whether any of them learns from gradients. */
  get learn(): boolean {
    return this.#parts.some((part) => part?.update !== undefined);
  }

  /** What every loss is computed with. */
  complete(mixture: Mixture, at: BilevelMoment): Mixture {
    return this.#parts.reduce((given, part) => part?.mixture?.(given, at) ?? given, mixture);
  }

  /** A batch as modifiers want it. */
  batch(batch: AnyBatch, at: BatchMoment): AnyBatch {
    return this.#parts.reduce((given, part) => part?.batch?.(given, at) ?? given, batch);
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

  /** What the space derives from; one that asks what is kept is told of rows as later ones leave them. */
  scores(rows: Rows, kept: (rows: Rows) => readonly string[], from = 0): Rows {
    if (from === this.#parts.length) return rows;
    const rest = (given: Rows): Rows => this.scores(given, kept, from + 1);
    return rest(this.#parts[from]?.scores?.(rows, (own) => kept(rest(own))) ?? rows);
  }

  /** All verdicts in one; where two disagree, that of the later modifier. */
  epochEnd(end: EpochEnd): EpochVerdict {
    const verdicts = this.#parts.map((part) => part?.epochEnd?.(end) ?? {});
    const metrics = Object.assign({}, ...verdicts.map((verdict) => verdict.metrics));
    const keepFor = Math.max(0, ...verdicts.map((verdict) => verdict.keepFor ?? 0));
    return { ...Object.assign({}, ...verdicts), metrics, keepFor };
  }

  /** Options of the next stage; `undefined`: no modifier chooses. */
  keep(probabilities: Rows): Allowed | undefined {
    return this.#parts.find((part) => part?.keep !== undefined)?.keep?.(probabilities);
  }

  /** By position; `null` for those that have nothing to learn. */
  get state(): readonly State[] {
    return this.#parts.map((part) => part?.state ?? null);
  }
}
