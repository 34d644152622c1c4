import { ArcherError, type ChoiceSpace, choiceSpace, EXIT } from '@archer-nas/core';

import { LATENCIES } from './latency-table.ts';

/** Candidate blocks in the table's order: k kernel, e expansion, g2 two groups. */
export const BLOCKS = [
  'k3_e1',
  'k3_e1_g2',
  'k3_e3',
  'k3_e6',
  'k5_e1',
  'k5_e1_g2',
  'k5_e3',
  'k5_e6',
  'skip',
] as const;

/** Searchable layers of FBNet's network. */
export const LAYERS = 22;

/** A block index per layer. */
export type FbnetNetwork = readonly number[];

/**
 * The layer-wise space of FBNet (Wu et al., CVPR 2019): one of nine blocks in each of 22 layers,
 * 9²² ≈ 9.8·10²⁰ networks. Costs are latencies on four devices, exact sums over the layers.
 */
export function fbnetSpace(): ChoiceSpace<FbnetNetwork> {
  const names = LATENCIES.map(({ name }) => name);
  const of = (network: FbnetNetwork): Record<string, number> =>
    Object.fromEntries(
      LATENCIES.map(({ name, base, perChoice }) => [name, total(network, base, perChoice)]),
    );
  return choiceSpace<FbnetNetwork>({
    name: 'fbnet',
    decisions: Array.from({ length: LAYERS }, (_, layer) => ({
      name: `layer${layer + 1}`,
      kind: 'categorical' as const,
      options: BLOCKS,
    })),
    encode: (network) => network,
    decode: (choices) => choices,
    format: (network) => network.join(''),
    parse,
    costs: {
      names,
      of,
      additive: Object.fromEntries(
        LATENCIES.map(({ name, base, perChoice }) => [name, { base, perChoice }]),
      ),
    },
  });
}

function total(
  network: FbnetNetwork,
  base: number,
  perChoice: readonly (readonly number[])[],
): number {
  return network.reduce((sum, block, layer) => sum + (perChoice[layer]?.[block] ?? 0), base);
}

/** Reads the table's 22 digits. @throws ArcherError `ARCHER_FBNET_NETWORK` */
export function parse(text: string): FbnetNetwork {
  const digits = text.trim();
  if (/^[0-8]{22}$/.test(digits)) return Array.from(digits, Number);
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  throw new ArcherError(
    'ARCHER_FBNET_NETWORK',
    `"${shown}" is no network of the FBNet space: it is not ${LAYERS} digits from 0 to 8.`,
    {
      hint: `A digit per layer: ${BLOCKS.map((name, at) => `${at} ${name}`).join(', ')}.`,
      exit: EXIT.usage,
    },
  );
}
