import {
  ArcherError,
  type Choice,
  type Decision,
  EXIT,
  type Proposal,
  type Sampler,
  type SamplerContext,
  type SamplerRecipe,
  type SearchSpace,
  type State,
  type Stream,
} from '@archer-nas/core';

/** See the plugin's options. */
export interface GridOptions {
  readonly levels?: Levels | undefined;
  readonly order: 'shuffled' | 'lexicographic';
}

/** Options, or how many levels, of every decision or by decision. */
export type Levels = Level | { readonly [decision: string]: Level };
type Level = number | readonly string[];

/** Levels of a decision without options, unless stated. */
const DEFAULT_LEVELS = 5;
/** Larger grids cannot be drawn from without replacement. */
const MOST_POINTS = 2 ** 32;

interface Saved {
  /** Points proposed so far. */
  readonly proposed: number;
  /** Of the shuffle so far: places that no longer hold their own number. */
  readonly swapped: readonly (readonly [number, number])[];
}

/** Full factorial design: every combination of the levels once. */
export function grid(options: GridOptions): SamplerRecipe {
  return { name: 'grid', blind: true, begin: (context, saved) => begin(options, context, saved) };
}

function begin<A>(
  options: GridOptions,
  { space }: SamplerContext<A>,
  saved: State | undefined,
): Sampler<A> {
  const { decisions, fromChoices } = factorial(space);
  const levels = decisions.map((decision) => levelsOf(decision, options.levels));
  checkNames(options.levels, decisions);
  const total = levels.reduce((product, { length }) => product * length, 1);
  if (total > MOST_POINTS) throw tooLarge(space, total);
  const from = saved as Saved | undefined;
  let proposed = from?.proposed ?? 0;
  // Fisher-Yates from the front, of which only the places that were swapped are kept.
  const swapped = new Map(from?.swapped ?? []);
  const next = (stream: Stream): number => {
    if (options.order === 'lexicographic') return proposed;
    const place = proposed + stream.int(total - proposed);
    const point = swapped.get(place) ?? place;
    swapped.set(place, swapped.get(proposed) ?? proposed);
    swapped.delete(proposed);
    return point;
  };
  return {
    get state() {
      return { proposed, swapped: [...swapped] };
    },
    propose(n, stream) {
      const proposals: Proposal<A>[] = [];
      while (proposals.length < n && proposed < total) {
        const digits = mixedRadix(
          next(stream),
          levels.map(({ length }) => length),
        );
        const choices = digits.map((digit, i) => levels[i]?.[digit] as Choice); // below its length
        proposals.push({ id: `grid-${proposed++}`, architecture: fromChoices(choices) });
      }
      return proposals.length > 0 ? proposals : 'done';
    },
    observe() {},
  };
}

/** The digits of `index`, the last one counting fastest. */
export function mixedRadix(index: number, radices: readonly number[]): number[] {
  const digits = radices.map(() => 0);
  let rest = index;
  for (let i = radices.length - 1; i >= 0; i--) {
    const radix = radices[i] as number; // `i` counts down from the last
    digits[i] = rest % radix;
    rest = Math.floor(rest / radix);
  }
  return digits;
}

function factorial<A>(space: SearchSpace<A>) {
  const { decisions = [], fromChoices } = space;
  if (decisions.length > 0 && decisions.every(({ when }) => when === undefined) && fromChoices) {
    return {
      decisions,
      fromChoices: (choices: readonly Choice[]) => fromChoices.call(space, choices),
    };
  }
  throw new ArcherError('ARCHER_CAPABILITY', `grid: ${space.name} has no unconditional decisions`, {
    exit: EXIT.manifest,
  });
}

/** The choices that a decision may take on the grid. */
function levelsOf(decision: Decision, levels: Levels | undefined): Choice[] {
  const own = isLevel(levels) ? levels : levels?.[decision.name];
  const { options = [] } = decision;
  if (typeof own === 'object') return own.map((name) => optionOf(decision, name));
  if (options.length === 0) return spread(decision, own ?? DEFAULT_LEVELS);
  const count = Math.min(own ?? options.length, options.length);
  return Array.from({ length: count }, (_, i) => i);
}

function isLevel(levels: Levels | undefined): levels is Level | undefined {
  return typeof levels !== 'object' || Array.isArray(levels);
}

function optionOf({ name, options = [] }: Decision, option: string): Choice {
  const choice = options.indexOf(option);
  if (choice >= 0) return choice;
  throw new ArcherError(
    'ARCHER_GRID',
    `grid: ${name} has no option '${option}', only ${options.join(', ') || 'numbers'}`,
    { exit: EXIT.manifest },
  );
}

function checkNames(levels: Levels | undefined, decisions: readonly Decision[]): void {
  if (isLevel(levels)) return;
  const names = decisions.map(({ name }) => name);
  const unknown = Object.keys(levels ?? {}).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new ArcherError(
    'ARCHER_GRID',
    `grid: there is no decision '${unknown}', only ${names.join(', ')}`,
    { exit: EXIT.manifest },
  );
}

/** Levels from end to end, in equal steps; of the logarithm where the decision is `log`. */
function spread({ kind, range = [0, 1], log }: Decision, count: number): Choice[] {
  const [low, high] = log ? range.map(Math.log) : range;
  const values = Array.from({ length: count }, (_, i) => {
    const share = count === 1 ? 0.5 : i / (count - 1);
    const value = (low as number) + share * ((high as number) - (low as number));
    const unlogged = log ? Math.exp(value) : value;
    return kind === 'integer' ? Math.round(unlogged) : unlogged;
  });
  return [...new Set(values)];
}

function tooLarge(space: SearchSpace<unknown>, total: number): ArcherError {
  return new ArcherError('ARCHER_GRID', `grid: ${total} points of ${space.name} are too many`, {
    hint: 'State fewer levels: `levels: 2`, or a list of options.',
    exit: EXIT.manifest,
  });
}
