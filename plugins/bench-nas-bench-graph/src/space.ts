import { ArcherError, type ChoiceSpace, choiceSpace, EXIT, suggestion } from '@archer-nas/core';

import { canonical } from './canonical.ts';

/** The input of each of the four computing nodes: 0 the network's, 1 to 3 an earlier node. */
export const LINKS = [
  '0000',
  '0001',
  '0011',
  '0012',
  '0013',
  '0111',
  '0112',
  '0122',
  '0123',
] as const;

/** Operations of computing nodes in the benchmark's order; `graph` is k-GNN, `skip` the identity. */
export const OPERATIONS = [
  'gat',
  'gcn',
  'gin',
  'cheb',
  'sage',
  'arma',
  'graph',
  'fc',
  'skip',
] as const;

const NODES = 4;
const SKIP = OPERATIONS.indexOf('skip');

/** A graph neural network: position in {@link LINKS}, then an operation index per node. */
export type GraphNetwork = readonly number[];

/**
 * The macro space of NAS-Bench-Graph: nine ways to link four computing nodes, nine operations on
 * each; nodes without a child feed the output. 59,040 encodings of 26,206 networks; the nine that
 * only skip are no networks.
 */
export function graphSpace(): ChoiceSpace<GraphNetwork> {
  return choiceSpace<GraphNetwork>({
    name: 'nas-bench-graph',
    decisions: [
      { name: 'links', kind: 'categorical', options: [...LINKS] },
      ...Array.from({ length: NODES }, (_, node) => ({
        name: `node${node + 1}`,
        kind: 'categorical' as const,
        options: OPERATIONS,
      })),
    ],
    encode: (network) => network,
    decode: (choices) => choices,
    valid: isValid,
    format,
    parse,
    canonical: ([links = 0, ...operations]) => canonical(LINKS[links] ?? LINKS[0], operations),
  });
}

function isValid(choices: readonly number[]): boolean {
  return choices.some((op, at) => at > 0 && op !== SKIP);
}

/** `<links>:<operation>,<operation>,<operation>,<operation>`, e.g. `0012:gcn,gat,gcn,skip`. */
export function format([links = 0, ...operations]: GraphNetwork): string {
  return `${LINKS[links]}:${operations.map((op) => OPERATIONS[op]).join(',')}`;
}

/**
 * Inverse of {@link format}; four digits are taken for the operations too, as in the table.
 *
 * @throws ArcherError `ARCHER_NBGRAPH_NETWORK`
 */
export function parse(text: string): GraphNetwork {
  const [links = '', operations = '', ...rest] = text.trim().split(':');
  const at = (LINKS as readonly string[]).indexOf(links);
  if (at < 0 || rest.length > 0) throw malformed(text, `"${links}" is none of ${LINKS.join(', ')}`);
  const names = /^[0-8]{4}$/.test(operations)
    ? Array.from(operations, (digit) => OPERATIONS[Number(digit)] ?? '')
    : operations.split(',');
  if (names.length !== NODES) throw malformed(text, `it has ${names.length} of 4 operations`);
  const network = [at, ...names.map((name) => operation(text, name))];
  if (isValid(network)) return network;
  throw malformed(text, 'a network that only skips was not trained');
}

function operation(text: string, name: string): number {
  const op = (OPERATIONS as readonly string[]).indexOf(name);
  if (op >= 0) return op;
  throw malformed(text, `"${name}" is no operation. ${suggestion(name, OPERATIONS)}`);
}

function malformed(text: string, reason: string): ArcherError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new ArcherError(
    'ARCHER_NBGRAPH_NETWORK',
    `"${shown}" is no network of NAS-Bench-Graph: ${reason.replace(/\.$/, '')}.`,
    {
      hint:
        'The form is <links>:<four operations>, e.g. 0012:gcn,gat,gcn,skip, with the links ' +
        `${LINKS.join(', ')} and the operations ${OPERATIONS.join(', ')}.`,
      exit: EXIT.usage,
    },
  );
}
