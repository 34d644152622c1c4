import type { Allowed } from './allowed-options.ts';
import { ArcherError } from './errors.ts';
import type { Choice } from './space.ts';
import type { Stream } from './stream.ts';

/** Whether choices, one per decision and each in range, are an architecture. */
export type Valid = (choices: readonly Choice[]) => boolean;

/**
 * A changed copy of an architecture's choices; `undefined` where nothing can change. The copy
 * need not be valid.
 */
export type Mutation = (choices: ArrayLike<Choice>, stream: Stream) => Choice[] | undefined;

/** Draws and lists of choices within a space. All arrays that come out are new. */
export interface ChoiceMoves {
  sample(stream: Stream): Choice[];
  all(): Generator<Choice[]>;
  neighbours(choices: ArrayLike<Choice>): Generator<Choice[]>;
  /** `undefined`: nothing can change. */
  mutate(choices: ArrayLike<Choice>, stream: Stream): Choice[] | undefined;
  /** `undefined`: no mixture of the parents was valid. */
  crossover(a: ArrayLike<Choice>, b: ArrayLike<Choice>, stream: Stream): Choice[] | undefined;
}

/** What the moves of a space depend on. */
export interface MovesOptions {
  readonly allowed: Allowed;
  readonly valid: Valid | undefined;
  /** {@link changeOne} unless stated; called once. */
  readonly mutation: ((allowed: Allowed) => Mutation) | undefined;
}

/** Draws before a space counts as empty, or two parents as without a common child. */
const SAMPLES = 100_000;
const ATTEMPTS = 100;

export function choiceMoves({ allowed, valid, mutation }: MovesOptions): ChoiceMoves {
  const isValid: Valid = valid ?? (() => true);
  const change = (mutation ?? changeOne)(allowed);
  const drawn = (draw: () => Choice[] | undefined, attempts: number): Choice[] | undefined => {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const choices = draw();
      if (choices === undefined || isValid(choices)) return choices;
    }
    return undefined;
  };
  function* neighbours(choices: ArrayLike<Choice>): Generator<Choice[]> {
    for (const other of oneChanged(choices, allowed)) if (isValid(other)) yield other;
  }
  return {
    sample: (stream) => drawn(() => uniform(allowed, stream), SAMPLES) ?? throwEmpty(),
    *all() {
      for (const choices of lexicographic(allowed)) if (isValid(choices)) yield choices;
    },
    neighbours,
    mutate(choices, stream) {
      if (valid === undefined) return change(choices, stream);
      const child = drawn(() => change(choices, stream), ATTEMPTS);
      if (child !== undefined) return child;
      const left = [...neighbours(choices)];
      return left.length > 0 ? stream.pick(left) : undefined;
    },
    crossover: (a, b, stream) => drawn(() => mixed(a, b, stream), ATTEMPTS),
  };
}

function throwEmpty(): never {
  throw new ArcherError(
    'ARCHER_SPACE_EMPTY',
    `None of ${SAMPLES} random combinations of this space is an architecture of it.`,
    { hint: 'Allow more options.' },
  );
}

function uniform(allowed: Allowed, stream: Stream): Choice[] {
  const choices = new Array<Choice>(allowed.length);
  for (let at = 0; at < allowed.length; at++) choices[at] = stream.pick(allowed[at] ?? []);
  return choices;
}

/**
 * The mutation that gives one decision another option, both uniformly, of the decisions that
 * have a choice. Where that is not valid, decision and option are drawn again.
 */
export function changeOne(allowed: Allowed): Mutation {
  const free = allowed.flatMap(({ length }, at) => (length > 1 ? [at] : []));
  return (choices, stream) => {
    if (free.length === 0) return undefined;
    const child = copyOf(choices);
    const at = free[stream.int(free.length)] as number; // below its length
    const options = allowed[at] as readonly number[]; // `free` lists decisions
    const now = options.indexOf(child[at] as number);
    const other = stream.int(now < 0 ? options.length : options.length - 1);
    child[at] = options[now >= 0 && other >= now ? other + 1 : other] as Choice;
    return child;
  };
}

/** Faster than `Array.from`, which iterates. */
function copyOf(choices: ArrayLike<Choice>): Choice[] {
  const copy = new Array<Choice>(choices.length);
  for (let at = 0; at < choices.length; at++) copy[at] = choices[at] as Choice;
  return copy;
}

function mixed(a: ArrayLike<Choice>, b: ArrayLike<Choice>, stream: Stream): Choice[] {
  const child = new Array<Choice>(a.length);
  for (let at = 0; at < a.length; at++) {
    child[at] = (stream.int(2) === 0 ? a[at] : b[at]) as Choice;
  }
  return child;
}

function* oneChanged(choices: ArrayLike<Choice>, allowed: Allowed): Generator<Choice[]> {
  for (let at = 0; at < allowed.length; at++) {
    for (const option of allowed[at] ?? []) {
      if (option === choices[at]) continue;
      const other = copyOf(choices);
      other[at] = option;
      yield other;
    }
  }
}

/** Every combination, the last decision changing fastest. */
function* lexicographic(allowed: Allowed): Generator<Choice[]> {
  const positions = allowed.map(() => 0);
  for (;;) {
    yield positions.map((position, at) => allowed[at]?.[position] ?? 0);
    let at = positions.length - 1;
    while (at >= 0 && positions[at] === (allowed[at]?.length ?? 0) - 1) positions[at--] = 0;
    if (at < 0) return;
    positions[at] = (positions[at] ?? 0) + 1;
  }
}
