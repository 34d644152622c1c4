import { type Allowed, narrowOptions, writeChoices } from './allowed-options.ts';
import { choiceCodes } from './choice-codes.ts';
import { choiceMoves, type Mutation, type Valid } from './choice-moves.ts';
import type { CellDrawing } from './drawing.ts';
import { ArcherError, EXIT } from './errors.ts';
import type { Choice, Codes, CostModel, Decision, SearchSpace } from './space.ts';

/**
 * What a space of categorical decisions is made of. Choices here are option indices of the
 * *whole* space, one per decision, also where the space is a sub-space.
 */
export interface ChoiceSpaceSpec<A> {
  readonly name: string;
  /** Every decision exists in every architecture; a layer that can be absent has such an option. */
  readonly decisions: readonly (Decision & { readonly options: readonly string[] })[];
  /** An architecture's choices; may return the architecture's own array. */
  encode(a: A): ArrayLike<Choice>;
  /** The architecture of choices that are in range and valid; may keep the array. */
  decode(choices: readonly Choice[]): A;
  /** The community's notation. */
  format(a: A): string;
  /**
   * What has another number of choices, or one that is no option, the space refuses itself.
   * @throws ArcherError naming the text and what was expected, where it is no such list at all
   */
  parse(text: string): A;
  /** Where not every combination is an architecture. Pure. */
  readonly valid?: Valid;
  /** The number of valid combinations; without it they are counted one by one when asked. */
  count?(allowed: Allowed): bigint;
  /** Another mutation than {@link changeOne}; redrawn until it gives a valid architecture. */
  mutation?(allowed: Allowed): Mutation;
  canonical?(a: A): string;
  draw?(a: A): readonly CellDrawing[];
  /** Additive costs are stated for all options; sub-spaces show those of theirs. */
  readonly costs?: CostModel<A>;
}

/** What a space of categorical decisions offers. Immutable. */
export interface ChoiceSpace<A> extends SearchSpace<A> {
  /** Per decision, the options of the whole space that are in this one. */
  readonly allowed: Allowed;
  readonly decisions: readonly (Decision & { readonly options: readonly string[] })[];
  readonly size: bigint;
  readonly codes: Codes<A> | undefined;
  toChoices(a: A): Choice[];
  fromChoices(choices: readonly Choice[]): A;
  all(): Iterable<A>;
  neighbours(a: A): Iterable<A>;
  mutate: NonNullable<SearchSpace<A>['mutate']>;
  crossover: NonNullable<SearchSpace<A>['crossover']>;
  restrict(choices: readonly (readonly Choice[] | undefined)[]): ChoiceSpace<A>;
}

/** All options of all decisions. */
export function allOptions(decisions: readonly { readonly options: readonly string[] }[]): Allowed {
  return decisions.map(({ options }) => options.map((_, option) => option));
}

/**
 * A search space over categorical decisions.
 *
 * `sample` is uniform over the valid combinations. `all` and `neighbours` go decision by
 * decision, the first being the most significant, and option by option. `mutate` gives one
 * uniformly chosen decision another option, uniformly; the architecture itself comes back where
 * nothing can change. `crossover` takes each choice from either parent with equal probability.
 * Where combinations can be invalid, a draw is repeated until it is valid: valid children keep
 * their probabilities relative to each other.
 *
 * Ids are the option indices of the whole space: an architecture has the same id in every
 * sub-space that holds it. Methods of the spec are called without `this`.
 *
 * @param allowed the options of a sub-space; all unless stated
 */
export function choiceSpace<A>(
  spec: ChoiceSpaceSpec<A>,
  allowed: Allowed = allOptions(spec.decisions),
): ChoiceSpace<A> {
  const { encode, decode, format, valid } = spec;
  const moves = choiceMoves({ allowed, valid, mutation: spec.mutation });
  const names = spec.decisions.map(({ name }) => name);
  const id = writeChoices(spec.decisions.map(({ options }) => options.length));
  const within = (a: A): A => checkWithin(spec, allowed, a);
  const positions = allowed.map(inverse);
  let counted: bigint | undefined;
  const plain = valid === undefined && spec.mutation === undefined;
  const space: ChoiceSpace<A> = {
    name: nameOf(spec, allowed),
    allowed,
    get size() {
      counted ??= countOf(spec, allowed, moves.all);
      return counted;
    },
    decisions: spec.decisions.map((decision, at) => ({
      ...decision,
      options: (allowed[at] ?? []).map((option) => decision.options[option] ?? ''),
    })),
    sample: (stream) => decode(moves.sample(stream)),
    format,
    parse: (text) => checkWithin(spec, allowed, spec.parse(text), text),
    id: (a) => id(encode(a)),
    // Without choices some option is not allowed, and `within` throws.
    toChoices: (a) => choicesOf(encode(a), positions) ?? Array.from(encode(within(a))),
    fromChoices: (choices) => decode(optionsOf(spec, allowed, choices)),
    *all() {
      for (const choices of moves.all()) yield decode(choices);
    },
    *neighbours(a) {
      for (const choices of moves.neighbours(encode(a))) yield decode(choices);
    },
    mutate: (a, stream) => {
      const choices = moves.mutate(encode(a), stream);
      return choices === undefined ? a : decode(choices);
    },
    crossover: (a, b, stream) => {
      const choices = moves.crossover(encode(a), encode(b), stream);
      return choices === undefined ? a : decode(choices);
    },
    restrict: (choices) => choiceSpace(spec, narrowOptions(allowed, choices, names)),
    codes: choiceCodes({ allowed, plain, space: () => space }),
    ...(spec.canonical === undefined ? {} : { canonical: spec.canonical }),
    ...(spec.draw === undefined ? {} : { draw: spec.draw }),
    ...(spec.costs === undefined ? {} : { costs: costsWithin(spec.costs, allowed) }),
  };
  return space;
}

/** Position in the list by option; holes where an option is not in the list. */
function inverse(options: readonly number[]): readonly (number | undefined)[] {
  const positions: (number | undefined)[] = [];
  options.forEach((option, position) => {
    positions[option] = position;
  });
  return Array.from(positions);
}

/** Called at every look-up in a table, hence the loop. Undefined where an option is not allowed. */
function choicesOf(
  options: ArrayLike<Choice>,
  positions: readonly (readonly (Choice | undefined)[])[],
): Choice[] | undefined {
  const choices = new Array<Choice>(positions.length);
  for (let at = 0; at < positions.length; at++) {
    const choice = positions[at]?.[options[at] ?? -1];
    if (choice === undefined) return undefined;
    choices[at] = choice;
  }
  return choices;
}

function nameOf<A>({ name, decisions }: ChoiceSpaceSpec<A>, allowed: Allowed): string {
  if (allowed.every((options, at) => options.length === decisions[at]?.options.length)) return name;
  const lists = allowed.map((options) => writeChoices([Math.max(...options) + 1])(options));
  return `${name}[${lists.join(decisions.some(({ options }) => options.length > 36) ? ';' : ',')}]`;
}

function countOf<A>(
  { valid, count }: ChoiceSpaceSpec<A>,
  allowed: Allowed,
  all: () => Iterable<unknown>,
): bigint {
  if (count !== undefined) return count(allowed);
  if (valid === undefined) {
    return allowed.reduce((product, options) => product * BigInt(options.length), 1n);
  }
  let found = 0n;
  for (const _ of all()) found++;
  return found;
}

/** @param shown the architecture as text */
function checkWithin<A>(
  spec: ChoiceSpaceSpec<A>,
  allowed: Allowed,
  a: A,
  shown: string = spec.format(a),
): A {
  const { decisions, encode } = spec;
  const choices = encode(a);
  const refuse = (where: string, expected: string): ArcherError =>
    new ArcherError('ARCHER_SPACE_OUTSIDE', `"${shown}" is not in ${where}: ${expected}.`, {
      exit: EXIT.usage,
    });
  if (choices.length !== allowed.length) {
    throw refuse(spec.name, `it has ${choices.length} choices, expected ${allowed.length}`);
  }
  const at = allowed.findIndex((options, i) => !options.includes(choices[i] ?? -1));
  if (at < 0) return a;
  const options = (allowed[at] ?? []).map((option) => decisions[at]?.options[option]).join(', ');
  const isWhole = nameOf(spec, allowed) === spec.name;
  const where = isWhole ? spec.name : `this sub-space of ${spec.name}`;
  throw refuse(where, `${decisions[at]?.name} can be ${options}`);
}

function optionsOf<A>(
  { name, decisions, valid }: ChoiceSpaceSpec<A>,
  allowed: Allowed,
  choices: readonly Choice[],
): Choice[] {
  const options = allowed.map((list, at) => {
    const option = list[choices[at] ?? -1];
    if (option !== undefined) return option;
    throw new ArcherError(
      'ARCHER_SPACE_CHOICE',
      `Choice ${choices[at]} of ${decisions[at]?.name} in ${name} is not one of its ` +
        `${list.length} options.`,
    );
  });
  if (choices.length === allowed.length && (valid === undefined || valid(options))) return options;
  throw new ArcherError(
    'ARCHER_SPACE_CHOICE',
    `[${choices.join(', ')}] is no architecture of ${name}` +
      (choices.length === allowed.length ? '.' : `: it has ${allowed.length} decisions.`),
  );
}

function costsWithin<A>(costs: CostModel<A>, allowed: Allowed): CostModel<A> {
  if (costs.additive === undefined) return costs;
  const additive = Object.entries(costs.additive).map(([name, { base, perChoice }]) => {
    const kept = allowed.map((options, at) =>
      options.map((option) => perChoice[at]?.[option] ?? 0),
    );
    return [name, { base, perChoice: kept }] as const;
  });
  return { ...costs, additive: Object.fromEntries(additive) };
}
