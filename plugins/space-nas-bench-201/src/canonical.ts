import { type Cell, EDGES, OP, OPERATIONS } from './cell.ts';

/**
 * A cell's output as a sum of terms over the cell's input. A `convolution` keeps the edge it
 * stands on, because two convolutions are two sets of weights even on the same input.
 */
type Term =
  | { readonly kind: 'input' }
  | { readonly kind: 'pool'; readonly of: Sum }
  | { readonly kind: 'convolution'; readonly op: number; readonly edge: number; readonly of: Sum };

type Sum = readonly Term[];

/**
 * Equal for two cells when they are the same network once these rules were applied, and
 * therefore interchangeable when trained alone:
 *
 * 1. `none` contributes nothing; an edge from a node that is always zero contributes nothing
 *    when it is `skip_connect` or `avg_pool_3x3`.
 * 2. `skip_connect` is its input; sums are flattened and their order is ignored (a term that
 *    occurs twice is counted twice).
 * 3. Nodes that do not reach the output are dropped.
 * 4. A convolution on a node that is always zero is the learned offset of its batch norm;
 *    1x1 and 3x3 are then alike.
 * 5. A node that is used twice is not the same as two equal nodes: `skip(c) + conv(c)` with one
 *    convolution `c` differs from the same with two.
 *
 * Not applied, although the functions are equal: a pool of a sum is the sum of pools, and a pool
 * of an offset is the offset. There are 5,485 classes. Parameter counts and FLOPs can differ
 * within a class, because the benchmark counts convolutions on dead edges.
 */
export function canonical(cell: Cell): string {
  const sum = outputOf(cell, true);
  const shared = repeatedConvolutions(sum);
  const namings = permutations(shared).map((order) => render(sum, order));
  return namings.reduce((least, name) => (name < least ? name : least));
}

/**
 * The benchmark papers' fully simplified form: like {@link canonical}, but an operation on zero
 * is zero and sharing is ignored, so that it also merges cells that are not the same network.
 * There are 4,930 forms; the 341 disconnected cells all have the empty one.
 */
export function simplified(cell: Cell): string {
  return render(outputOf(cell, false), []);
}

function outputOf(cell: Cell, offsets: boolean): Sum {
  const nodes: Term[][] = [[{ kind: 'input' }], [], [], []];
  EDGES.forEach(([from, to], edge) => {
    const source = nodes[from] ?? [];
    nodes[to]?.push(...apply(cell[edge] ?? OP.none, edge, source, offsets));
  });
  return nodes[3] ?? [];
}

function apply(op: number, edge: number, of: Sum, offsets: boolean): Sum {
  if (op === OP.none) return [];
  if (op === OP.skip) return of;
  if (op === OP.avgPool) return of.length > 0 ? [{ kind: 'pool', of }] : [];
  return of.length > 0 || offsets ? [{ kind: 'convolution', op, edge, of }] : [];
}

/** Edges of the convolutions that occur more than once: at most those into nodes 1 and 2. */
function repeatedConvolutions(sum: Sum): number[] {
  const count = new Map<number, number>();
  const visit = (terms: Sum): void => {
    for (const term of terms) {
      if (term.kind === 'input') continue;
      if (term.kind === 'convolution') count.set(term.edge, (count.get(term.edge) ?? 0) + 1);
      visit(term.of);
    }
  };
  visit(sum);
  return [...count].filter(([, times]) => times > 1).map(([edge]) => edge);
}

/** `shared` names the repeated convolutions by their position in it. */
function render(sum: Sum, shared: readonly number[]): string {
  return sum
    .map((term) => renderTerm(term, shared))
    .sort()
    .join('+');
}

function renderTerm(term: Term, shared: readonly number[]): string {
  if (term.kind === 'input') return '0';
  if (term.kind === 'pool') return `(${render(term.of, shared)})@avg_pool_3x3`;
  const position = shared.indexOf(term.edge);
  const name = position < 0 ? '' : `#${position}`;
  if (term.of.length === 0) return `offset${name}`;
  return `(${render(term.of, shared)})@${OPERATIONS[term.op]}${name}`;
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first) =>
    permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  );
}

/**
 * The unique string of the benchmark's authors, from which published class counts come.
 * `everything` keeps each operation (15,625 strings), `skips` resolves `skip_connect` (12,751),
 * `skips-and-zeros` also writes `#` for what is always zero (6,466). Terms `#` stay in sums and
 * shared nodes are written out, so that these are neither canonical nor always isomorphic.
 */
export function uniqueString(
  cell: Cell,
  resolve: 'everything' | 'skips' | 'skips-and-zeros',
): string {
  const terms: string[][] = [[], [], [], []];
  const value = (node: number): string => (node === 0 ? '0' : (terms[node] ?? []).sort().join('+'));
  EDGES.forEach(([from, to], edge) => {
    const op = cell[edge] ?? OP.none;
    const input = value(from);
    terms[to]?.push(uniqueTerm(op, input, resolve));
  });
  return value(3);
}

function uniqueTerm(
  op: number,
  input: string,
  resolve: 'everything' | 'skips' | 'skips-and-zeros',
): string {
  if (resolve === 'skips-and-zeros' && (op === OP.none || input === '#')) return '#';
  if (resolve !== 'everything' && op === OP.skip) return input;
  return `(${input})@${OPERATIONS[op]}`;
}
