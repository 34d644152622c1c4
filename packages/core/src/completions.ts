import { type CostLimit, canKeep } from './cost-limits.ts';
import { ArcherError, EXIT } from './errors.ts';
import type { Choice, SearchSpace } from './space.ts';
import type { Stream } from './stream.ts';

/** What {@link completions} gives. */
export interface Completions<A> {
  readonly legal: readonly A[];
  /** How many were looked at to find them. */
  readonly tried: number;
}

/** How many completions there are to be. */
export interface CompletionOptions {
  /** Z, of random ones. */
  readonly samples: number;
  /** Most completions that are all listed instead. */
  readonly exact: number;
  /** R: at most R·Z draws for Z legal ones. */
  readonly attempts: number;
}

/**
 * The architectures of a space whose first choices are `prefix`.
 *
 * @throws ArcherError `ARCHER_CAPABILITY` when its decisions are not fixed lists of options
 */
export function continuing<A>(space: SearchSpace<A>, prefix: readonly Choice[]): SearchSpace<A> {
  const { decisions = [], restrict } = space;
  const plain = decisions.every(({ options, when }) => options !== undefined && when === undefined);
  if (decisions.length > 0 && plain && restrict) {
    const rest = decisions.slice(prefix.length).map(() => undefined);
    return restrict.call(space, [...prefix.map((choice) => [choice]), ...rest]);
  }
  throw new ArcherError(
    'ARCHER_CAPABILITY',
    `Completions need a space of unconditional categorical decisions; ${space.name} is none.`,
    { exit: EXIT.manifest },
  );
}

/**
 * Architectures that begin with `prefix` and keep the limits: all of them where there are few in
 * all, else Z random ones by rejection. Where none of R·Z draws is legal, one is drawn choice by
 * choice among those after which every limit that is a sum can still be kept.
 */
export function completions<A>(
  space: SearchSpace<A>,
  prefix: readonly Choice[],
  limits: readonly CostLimit<A>[],
  { samples, exact, attempts, stream }: CompletionOptions & { readonly stream: Stream },
): Completions<A> {
  const legal = (a: A): boolean => limits.every(({ most, of }) => of(a) <= most);
  const rest = continuing(space, prefix);
  if (rest.size !== undefined && rest.all && rest.size <= BigInt(exact)) {
    return { legal: [...rest.all()].filter(legal), tried: Number(rest.size) };
  }
  const drawn: A[] = [];
  let tried = 0;
  for (; drawn.length < samples && tried < attempts * samples; tried++) {
    const a = rest.sample(stream);
    if (legal(a)) drawn.push(a);
  }
  if (drawn.length > 0) return { legal: drawn, tried };
  const choices = affordableChoices(space, prefix, limits, stream);
  const a = choices && space.fromChoices?.(choices);
  return { legal: a !== undefined && legal(a) ? [a] : [], tried };
}

function affordableChoices<A>(
  { decisions = [] }: SearchSpace<A>,
  prefix: readonly Choice[],
  limits: readonly CostLimit<A>[],
  stream: Stream,
): Choice[] | undefined {
  const choices = [...prefix];
  for (const { options = [] } of decisions.slice(prefix.length)) {
    const left = [...options.keys()].filter((option) => canKeep(limits, [...choices, option]));
    if (left.length === 0) return undefined;
    choices.push(stream.pick(left));
  }
  return choices;
}
