/** The edges of a cell as [from, to], in the order of the string `a_bc_def`. */
export const EDGES = [
  [0, 1],
  [0, 2],
  [1, 2],
  [0, 3],
  [1, 3],
  [2, 3],
] as const;

const NONE = 0;
const SKIP = 1;

/**
 * A layer on an edge: its operation applied to a sum of layers, `input` being the cell's. Layers
 * keep their edge, because a layer that is used twice is not two equal layers.
 */
interface Layer {
  readonly op: number;
  readonly edge: number;
  readonly of: readonly Layer[] | 'input';
}

/**
 * Equal for cells that are the same network: `none` and skips of nothing contribute nothing, a
 * skip between inner nodes is its input, the order of sums and nodes off the way to the output
 * do not matter. A skip from the cell's input stays a layer (it is a factorised reduction where
 * the image is halved), and a convolution of nothing the learned offset of its batch norm.
 */
export function canonicalMicro(cell: readonly number[]): string {
  const sums: Layer[][] = [[], [], [], []];
  EDGES.forEach(([from, to], edge) => {
    const op = cell[edge] ?? NONE;
    const source = sums[from] ?? [];
    if (op === NONE) return;
    if (from === 0) sums[to]?.push({ op, edge, of: 'input' });
    else if (op === SKIP) sums[to]?.push(...source);
    else sums[to]?.push({ op, edge, of: source });
  });
  const output = sums[3] ?? [];
  const names = orders(usedTwice(output)).map((order) => render(output, order));
  return names.reduce((least, name) => (name < least ? name : least));
}

/** Edges whose layer occurs more than once in a sum, at any depth. */
function usedTwice(sum: readonly Layer[]): number[] {
  const times = new Map<number, number>();
  const visit = (layers: readonly Layer[]): void => {
    for (const { edge, of } of layers) {
      times.set(edge, (times.get(edge) ?? 0) + 1);
      if (of !== 'input') visit(of);
    }
  };
  visit(sum);
  return [...times].flatMap(([edge, count]) => (count > 1 ? [edge] : []));
}

/** `shared` names the layers that are used twice by their position in it. */
function render(sum: readonly Layer[], shared: readonly number[]): string {
  const terms = sum.map(({ op, edge, of }) => {
    const at = shared.indexOf(edge);
    const name = at < 0 ? '' : `#${at}`;
    if (of.length === 0) return `offset${name}`;
    return `${op}${name}(${of === 'input' ? '0' : render(of, shared)})`;
  });
  return terms.sort().join('+');
}

function orders(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first) =>
    orders(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  );
}
