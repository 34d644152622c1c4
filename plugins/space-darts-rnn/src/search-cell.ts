import {
  batchNormRows,
  eachStep,
  type Gate,
  highwayInput,
  highwayMixture,
  meanState,
  type RecurrentCell,
} from '@archer-nas/nn';
import { type CellSettings, cellParameters, inputWeights, nodeWeights } from './cell-parameters.ts';
import { EDGES, OPERATIONS } from './edges.ts';
import { NODES } from './genotype.ts';

/** What {@link searchCell} is made with. */
export interface SearchCellSettings extends CellSettings {
  /** Whether batch norm without scale and offset follows every state, one for all of them. */
  readonly norm: boolean;
}

/** The cell of the supernet: every node mixes all states before it and all activations. */
export function searchCell(settings: SearchCellSettings): RecurrentCell {
  const { width, norm } = settings;
  return {
    sites: EDGES.map(({ node, from }, decision) => {
      return {
        name: `node${node}.edge${from}`,
        decision,
        options: OPERATIONS,
        node: `node${node}`,
      };
    }),
    parameters: cellParameters(settings),
    unroll(gates, forward, masks) {
      const nodes = Array.from({ length: NODES }, (_, at) => {
        return highwayMixture(incoming(at + 1, gates), OPERATIONS);
      });
      return eachStep((x, h) => {
        const normed = (s: typeof h) => (norm ? batchNormRows(s, forward, 'cell.norm') : s);
        const states = [normed(highwayInput(x, h, inputWeights(forward, width), masks))];
        nodes.forEach((node, at) => {
          states.push(normed(node(states, nodeWeights(forward, at + 1, width), masks)));
        });
        return meanState(states.slice(1));
      });
    },
  };
}

function incoming(node: number, gates: readonly Gate[]) {
  return EDGES.flatMap((edge, site) => {
    const gate = gates[site];
    if (gate === undefined) throw new RangeError(`no gate for edge ${edge.from} of node ${node}`);
    return edge.node === node ? [{ from: edge.from, gate }] : [];
  });
}
