import { INPUTS, type MicroArchitecture, type MicroCell } from './cells.ts';

/**
 * Equal for architectures that differ by the order of a node's branches or by the numbering of
 * nodes. The channels of a cell's output then change places, which the convolutions behind it
 * absorb, so that the networks are the same when trained alone.
 */
export function canonical({ normal, reduce }: MicroArchitecture): string {
  return `${canonicalCell(normal)};${canonicalCell(reduce)}`;
}

/** The least text of all ways to put the nodes in an order in which branches lead forwards. */
function canonicalCell(cell: MicroCell): string {
  let least: string | undefined;
  const place = (order: readonly number[], names: readonly string[]): void => {
    const text = names.join(' ');
    if (order.length === cell.length) {
      if (least === undefined || text < least) least = text;
      return;
    }
    for (const [node, branches] of cell.entries()) {
      if (order.includes(node)) continue;
      const terms = branches.map(({ input, op }) => {
        const at = input < INPUTS ? input : INPUTS + order.indexOf(input - INPUTS);
        return at < INPUTS && input >= INPUTS ? undefined : `${at}.${op}`;
      });
      if (terms.some((term) => term === undefined)) continue; // reads a node that is not placed
      place([...order, node], [...names, terms.sort().join('+')]);
    }
  };
  place([], []);
  return least ?? '';
}
