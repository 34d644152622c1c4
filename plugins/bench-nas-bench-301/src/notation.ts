import { RowProblem } from '@archer-nas/tabular';

/** The operations of the DARTS space; the table has their positions here. */
const OPERATIONS = [
  'max_pool_3x3',
  'avg_pool_3x3',
  'skip_connect',
  'sep_conv_3x3',
  'sep_conv_5x5',
  'dil_conv_3x3',
  'dil_conv_5x5',
];

const NODES = 4;
const INPUTS = 2;

/**
 * A genotype as spaces with `notation:darts` write it, of the table's `<node>.<operation>` pairs:
 * eight per cell, `;` between the normal and the reduction cell.
 *
 * @throws RowProblem saying which edge is wrong
 */
export function genotypeOf(arch: string): string {
  const [normal, reduce, ...rest] = arch.split(';').map(edgesOf);
  if (normal === undefined || reduce === undefined || rest.length > 0) {
    throw new RowProblem(`"${arch}" is not two cells with ";" between them`);
  }
  const concat = '[2, 3, 4, 5]';
  return (
    `Genotype(normal=[${normal}], normal_concat=${concat}, ` +
    `reduce=[${reduce}], reduce_concat=${concat})`
  );
}

function edgesOf(cell: string): string {
  const edges = cell.split(' ').map((edge) => {
    const [, from, op] = /^([0-4])\.([0-6])$/.exec(edge) ?? [];
    if (from === undefined) throw new RowProblem(`"${edge}" is not <node>.<operation>`);
    return { from: Number(from), text: `('${OPERATIONS[Number(op)]}', ${from})` };
  });
  if (edges.length !== 2 * NODES) throw new RowProblem(`a cell has ${edges.length} of 8 edges`);
  return Array.from({ length: NODES }, (_, node) => {
    const pair = edges.slice(2 * node, 2 * node + 2).sort((a, b) => a.from - b.from);
    const [first, second] = pair.map(({ from }) => from);
    if (first === second || Number(second) >= INPUTS + node) {
      throw new RowProblem(`node ${INPUTS + node} reads ${first} and ${second}`);
    }
    return pair.map(({ text }) => text).join(', ');
  }).join(', ');
}
