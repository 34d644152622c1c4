import { type ArchitecturePath, IMAGES, type Path, type Piece } from './network.ts';

/** What one piece computes for the paths that agree in its option and inputs. */
export interface PlannedResult {
  /** Position of the piece; {@link IMAGES}: the images themselves. */
  readonly piece: number;
  /** Of the piece's site; −1 where it has none. */
  readonly option: number;
  /** In the order of the piece's inputs; `undefined`: zeros. */
  readonly inputs: readonly (PlannedResult | undefined)[];
  /** The paths that it is a part of, by position in {@link PathPlan.order}, ascending. */
  readonly paths: number[];
}

/** Which results several paths need, each result once. */
export interface PathPlan {
  /** Positions of the given paths, sorted so that neighbours have long beginnings in common. */
  readonly order: readonly number[];
  readonly images: PlannedResult;
  /** The logits of each path, in that order. */
  readonly logits: readonly PlannedResult[];
  /** Every result that some path needs, apart from the images. */
  readonly results: readonly PlannedResult[];
}

/**
 * Finds what `paths` have in common, from their options alone: two results are one when they
 * come from the same piece with the same option and the same inputs. Results that no logits
 * depend on are not in the plan.
 */
export function planPaths(pieces: readonly Piece[], paths: readonly Path[]): PathPlan {
  const order = sortedPaths(paths);
  const known = new Results();
  const logits = order.map((at) => logitsOf(pieces, paths[at] ?? [], known));
  const results = new Set<PlannedResult>();
  for (const [at, result] of logits.entries()) mark(result, at, results);
  results.delete(known.images);
  return { order, images: known.images, logits, results: [...results] };
}

/** Positions of the paths in lexicographic order; equal paths stay in theirs. */
export function sortedPaths(paths: readonly ArchitecturePath[]): number[] {
  const numbers = paths.map((path) => path.map(numberOf));
  return paths.map((_, at) => at).sort((a, b) => compare(numbers, a, b));
}

function compare(paths: readonly Path[], a: number, b: number): number {
  const [one, other] = [paths[a] ?? [], paths[b] ?? []];
  const differs = one.findIndex((option, site) => option !== other[site]);
  return differs < 0 ? a - b : (one[differs] ?? 0) - (other[differs] ?? 0);
}

/** Of several options, the number whose bits they are. */
function numberOf(taken: number | readonly number[]): number {
  return typeof taken === 'number'
    ? taken
    : taken.reduce((bits, option) => bits | (1 << option), 0);
}

/** Gives every result one object. */
class Results {
  readonly images: PlannedResult = { piece: IMAGES, option: -1, inputs: [], paths: [] };
  readonly #byKey = new Map<string, PlannedResult>();
  readonly #numbers = new Map<PlannedResult | undefined, number>([[this.images, 0]]);

  get(piece: number, option: number, inputs: PlannedResult['inputs']): PlannedResult {
    const key = [piece, option, ...inputs.map((input) => this.#numbers.get(input) ?? '')].join();
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const result: PlannedResult = { piece, option, inputs, paths: [] };
    this.#byKey.set(key, result);
    this.#numbers.set(result, this.#numbers.size);
    return result;
  }
}

function logitsOf(pieces: readonly Piece[], path: Path, known: Results): PlannedResult {
  const results: (PlannedResult | undefined)[] = [];
  for (const [at, piece] of pieces.entries()) {
    const inputs = piece.inputs.map((input) => (input === IMAGES ? known.images : results[input]));
    const option = piece.site === undefined ? -1 : (path[piece.site] ?? -1);
    const zeros = inputs.map((input) => input === undefined);
    const shortcut = piece.shortcut?.(option, zeros);
    if (shortcut === 'zeros') results.push(undefined);
    else results.push(shortcut === undefined ? known.get(at, option, inputs) : inputs[shortcut]);
  }
  const logits = results.at(-1);
  if (logits !== undefined) return logits;
  throw new RangeError(`The pieces of a network give no logits for the path ${path.join()}.`);
}

/** Notes that path `at` needs a result and all that it is made from. */
function mark(result: PlannedResult, at: number, results: Set<PlannedResult>): void {
  if (result.paths.at(-1) === at) return;
  result.paths.push(at);
  results.add(result);
  for (const input of result.inputs) if (input !== undefined) mark(input, at, results);
}
