import { highwayWindow, type RecurrentCell } from '@archer-nas/nn';
import { type CellSettings, cellParameters, inputWeights, nodeWeights } from './cell-parameters.ts';
import { ACTIVATIONS, type Genotype } from './genotype.ts';

/** The cell that is trained alone: node i reads one state before it; without batch norm. */
export function derivedCell(genotype: Genotype, settings: CellSettings): RecurrentCell {
  const { width } = settings;
  return {
    sites: [],
    parameters: cellParameters(settings),
    unroll(_, forward, masks) {
      const { input, hidden } = inputWeights(forward, width);
      const first = { from: 0, activation: 'tanh' as const, ...hidden };
      const rest = genotype.map(({ from, activation }, at) => {
        const weights = nodeWeights(forward, at + 1, width);
        return { from, activation: ACTIVATIONS[activation] ?? 'identity', ...weights };
      });
      const averaged = genotype.map((__, at) => at + 1);
      return highwayWindow({ input, nodes: [first, ...rest], averaged }, masks);
    },
  };
}
