import { ArcherError, type ChoiceSpaceSpec, type CostModel, EXIT } from '@archer-nas/core';

/** One digit per layer: 0 identity, 1 and 2 the blocks of {@link BLOCKS}. */
export type Chain = readonly number[];

/** What a layer can be: the identity, or an inverted residual block. */
export const BLOCKS = [
  { name: 'identity' },
  { name: 'mb3_k3', kernel: 3, expansion: 3 },
  { name: 'mb6_k5', kernel: 5, expansion: 6 },
] as const;

/** Layers per stage. The first layer of each halves the image. */
export const STAGES = [2, 3, 3] as const;

/** Layers of a network. */
export const LAYERS = 8;

/** How many there are: 3⁸. */
export const ARCHITECTURES = BLOCKS.length ** LAYERS;

/** The benchmark's notation: eight digits. */
export function formatChain(chain: Chain): string {
  return chain.join('');
}

/** Inverse of {@link formatChain}. @throws ArcherError */
export function parseChain(text: string): Chain {
  const digits = text.trim();
  if (/^[012]{8}$/.test(digits)) return Array.from(digits, Number);
  throw new ArcherError(
    'ARCHER_NB_MACRO',
    `"${text.slice(0, 80)}" is no architecture of NAS-Bench-Macro.`,
    {
      hint: 'Eight digits: 0 identity, 1 MBConv 3×3 of expansion 3, 2 MBConv 5×5 of expansion 6.',
      exit: EXIT.usage,
    },
  );
}

/**
 * The same for chains that are the same network. An identity after the first layer of a stage
 * is nothing, wherever it stands; in the first layer it is a 1×1 convolution of stride 2 and stays.
 * There are 3,969 networks.
 */
export function canonicalChain(chain: Chain): string {
  let from = 0;
  const stages = STAGES.map((length) => {
    const [first, ...rest] = chain.slice(from, from + length);
    from += length;
    const blocks = rest.filter((digit) => digit !== 0);
    return `${first}${blocks.join('').padEnd(length - 1, '0')}`;
  });
  return stages.join('');
}

/** The space's decisions and notation. */
export function chainSpec(costs: CostModel<Chain>): ChoiceSpaceSpec<Chain> {
  return {
    name: 'nas-bench-macro',
    decisions: Array.from({ length: LAYERS }, (_, layer) => ({
      name: `layer${layer + 1}`,
      kind: 'categorical' as const,
      options: BLOCKS.map(({ name }) => name),
    })),
    encode: (chain) => chain,
    decode: (choices) => choices,
    format: formatChain,
    parse: parseChain,
    canonical: canonicalChain,
    costs,
  };
}
