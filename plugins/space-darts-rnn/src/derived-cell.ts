import { highwayInput, highwayNode, meanState, type RecurrentCell } from '@archer-nas/nn';
import { type CellSettings, cellParameters, inputWeights, nodeWeights } from './cell-parameters.ts';
import { ACTIVATIONS, type Genotype } from './genotype.ts';

/** The cell that is trained alone: node i reads one state before it; without batch norm. */
export function derivedCell(genotype: Genotype, settings: CellSettings): RecurrentCell {
  const { width } = settings;
  return {
    sites: [],
    parameters: cellParameters(settings),
    unroll: (_, forward, masks) => (x, h) => {
      const s0 = highwayInput(x, h, inputWeights(forward, width), masks);
      const states = [s0];
      genotype.forEach(({ from, activation }, at) => {
        const name = ACTIVATIONS[activation] ?? 'identity';
        const weights = nodeWeights(forward, at + 1, width);
        states.push(highwayNode(states[from] ?? s0, weights, name, masks));
      });
      return meanState(states.slice(1));
    },
  };
}
