const SKIP = 8;

/** A computing node with the nodes that read it. */
interface Tree {
  readonly op: number;
  readonly children: readonly Tree[];
}

/**
 * Equal for the encodings that the benchmark's authors count as one network. The order of nodes
 * with the same input does not matter. A skip is taken out, what reads it then reading its input,
 *
 * - where something reads it;
 * - where it is the only reader of its input, which then feeds the output itself;
 * - where its input is the network's, although the output then has one part less: the authors
 *   list none that ends in such a skip.
 *
 * Any other skip that feeds the output keeps its input there, beside what else reads it.
 *
 * @param links the input of each node, see `LINKS`
 * @param operations an operation index per node
 * @returns nested lists, e.g. `1(0,3)`: operation 1, read by 0 and 3
 */
export function canonical(links: string, operations: readonly number[]): string {
  const readers = (input: number): Tree[] =>
    operations.flatMap((op, at) =>
      links[at] === String(input) ? [{ op, children: readers(at + 1) }] : [],
    );
  return render(withoutSkips(readers(0), true));
}

function withoutSkips(readers: readonly Tree[], first: boolean): Tree[] {
  const at = readers.findIndex(
    ({ op, children }) => op === SKIP && (children.length > 0 || readers.length === 1 || first),
  );
  if (at >= 0) {
    const left = readers.flatMap((tree, i) => (i === at ? tree.children : [tree]));
    return withoutSkips(left, first);
  }
  return readers.map(({ op, children }) => ({ op, children: withoutSkips(children, false) }));
}

function render(trees: readonly Tree[]): string {
  return trees
    .map(({ op, children }) => (children.length > 0 ? `${op}(${render(children)})` : `${op}`))
    .sort()
    .join(',');
}
