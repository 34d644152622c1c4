/** How the names of operations are shortened below. */
const OPERATIONS: Readonly<Record<string, string>> = {
  max: 'max_pool_3x3',
  avg: 'avg_pool_3x3',
  skip: 'skip_connect',
  sep3: 'sep_conv_3x3',
  sep5: 'sep_conv_5x5',
  dil3: 'dil_conv_3x3',
  dil5: 'dil_conv_5x5',
  noise: 'noise',
};

/**
 * Chen and Hsieh, ICML 2020: what SDARTS and PC-DARTS found, by data set, space and method
 * (`sota/cnn/genotypes.py` of xiangning-chen/SmoothDARTS at d3dbfed). The edges of the normal and
 * of the reduction cell, operation and input, in their order.
 */
const FOUND = {
  c10_s1_random: [
    'dil5 1 dil3 0 sep3 1 skip 2 dil3 3 sep3 2 sep3 0 dil3 2',
    'max 0 dil3 1 dil5 2 max 1 dil5 3 sep3 1 dil5 2 dil5 3',
  ],
  c10_s1_pgd: [
    'dil5 1 dil3 0 sep3 1 skip 2 sep3 2 dil3 3 sep3 0 dil3 2',
    'max 0 dil3 1 dil5 2 max 0 dil5 3 dil3 2 dil5 4 dil5 2',
  ],
  c10_s2_random: [
    'sep3 0 sep3 1 sep3 2 skip 1 sep3 3 skip 0 sep3 1 skip 2',
    'sep3 0 sep3 1 sep3 1 sep3 0 sep3 2 sep3 1 sep3 2 sep3 3',
  ],
  c10_s2_pgd: [
    'sep3 1 skip 0 sep3 2 sep3 0 sep3 3 sep3 2 sep3 4 sep3 1',
    'skip 0 skip 1 sep3 0 sep3 2 sep3 3 sep3 0 sep3 4 sep3 3',
  ],
  c10_s3_random: [
    'sep3 1 sep3 0 sep3 1 sep3 0 sep3 1 sep3 2 sep3 4 skip 0',
    'skip 0 sep3 1 sep3 2 sep3 0 sep3 2 sep3 3 sep3 0 sep3 4',
  ],
  c10_s3_pgd: [
    'sep3 1 sep3 0 sep3 0 sep3 2 sep3 1 sep3 0 sep3 1 skip 0',
    'sep3 1 sep3 0 sep3 2 sep3 0 sep3 2 sep3 0 sep3 1 sep3 3',
  ],
  c10_s4_random: [
    'sep3 1 sep3 0 sep3 2 sep3 1 sep3 3 sep3 2 sep3 4 sep3 2',
    'sep3 0 sep3 1 sep3 0 sep3 2 sep3 0 sep3 3 sep3 0 sep3 4',
  ],
  c10_s4_pgd: [
    'sep3 1 sep3 0 sep3 2 sep3 1 sep3 3 sep3 2 sep3 3 sep3 4',
    'sep3 1 sep3 0 sep3 2 sep3 1 sep3 2 sep3 3 sep3 3 sep3 4',
  ],
  c10_s5_random: [
    'sep3 1 sep3 0 sep5 1 skip 0 sep3 3 skip 1 sep3 1 dil3 2',
    'max 0 sep3 1 skip 2 max 0 dil5 3 max 0 sep3 2 sep5 3',
  ],
  c10_s5_pgd: [
    'sep3 0 sep3 1 sep3 1 skip 0 sep5 0 dil3 3 dil3 4 skip 0',
    'max 0 sep5 1 skip 2 max 0 skip 3 skip 2 skip 2 sep5 4',
  ],
  c100_s1_random: [
    'dil3 0 skip 1 dil3 2 sep3 1 dil3 3 sep3 2 skip 0 dil3 4',
    'max 0 max 1 dil5 2 max 1 dil5 3 dil3 2 dil5 4 dil5 3',
  ],
  c100_s1_pgd: [
    'dil5 1 dil3 0 dil3 2 sep3 1 dil3 3 sep3 2 dil3 2 sep3 0',
    'dil3 1 max 0 dil5 2 max 0 dil5 3 sep3 1 dil5 3 dil5 4',
  ],
  c100_s2_random: [
    'sep3 0 sep3 1 sep3 2 sep3 0 sep3 3 sep3 2 sep3 4 sep3 3',
    'sep3 1 sep3 0 sep3 2 sep3 1 sep3 3 sep3 1 sep3 4 skip 0',
  ],
  c100_s2_pgd: [
    'skip 0 sep3 1 sep3 2 sep3 1 sep3 3 sep3 2 sep3 4 sep3 3',
    'sep3 1 sep3 0 sep3 2 sep3 1 sep3 3 sep3 2 sep3 3 sep3 4',
  ],
  c100_s3_random: [
    'sep3 1 sep3 0 sep3 1 sep3 2 sep3 1 sep3 0 sep3 4 sep3 1',
    'sep3 0 sep3 1 sep3 2 sep3 1 sep3 3 sep3 2 sep3 4 sep3 3',
  ],
  c100_s3_pgd: [
    'sep3 0 sep3 1 sep3 0 sep3 1 sep3 1 sep3 2 sep3 2 sep3 1',
    'skip 1 sep3 0 sep3 2 sep3 0 sep3 3 sep3 2 sep3 4 sep3 3',
  ],
  c100_s4_random: [
    'sep3 0 sep3 1 sep3 2 sep3 0 sep3 2 sep3 3 sep3 3 sep3 2',
    'sep3 0 sep3 1 sep3 2 sep3 0 sep3 3 sep3 2 sep3 4 sep3 3',
  ],
  c100_s4_pgd: [
    'sep3 0 sep3 1 sep3 0 sep3 1 sep3 1 sep3 0 sep3 0 sep3 2',
    'sep3 0 sep3 1 sep3 1 sep3 0 sep3 1 sep3 3 sep3 3 sep3 4',
  ],
  svhn_s1_random: [
    'skip 0 dil5 1 skip 1 skip 0 skip 2 skip 0 skip 1 skip 2',
    'max 0 dil3 1 dil5 2 max 0 dil5 3 dil3 2 dil5 2 dil5 3',
  ],
  svhn_s1_pgd: [
    'dil3 0 dil5 1 dil3 2 dil5 0 dil3 3 sep3 2 skip 1 sep3 0',
    'max 0 dil3 1 dil5 2 max 0 dil5 3 dil3 2 dil5 3 dil5 2',
  ],
  svhn_s2_random: [
    'sep3 1 skip 0 sep3 2 sep3 0 sep3 3 skip 1 skip 0 sep3 4',
    'sep3 1 skip 0 sep3 2 sep3 1 sep3 3 sep3 2 sep3 3 sep3 4',
  ],
  svhn_s2_pgd: [
    'skip 0 sep3 1 sep3 1 sep3 2 sep3 0 skip 3 skip 3 skip 4',
    'sep3 1 sep3 0 sep3 1 sep3 0 sep3 3 sep3 0 skip 3 sep3 0',
  ],
  svhn_s3_random: [
    'sep3 1 sep3 0 sep3 2 sep3 1 sep3 1 sep3 3 sep3 4 sep3 2',
    'sep3 1 sep3 0 sep3 2 skip 0 sep3 3 sep3 2 sep3 4 sep3 3',
  ],
  svhn_s3_pgd: [
    'sep3 1 sep3 0 sep3 0 skip 2 skip 3 sep3 1 skip 2 sep3 0',
    'sep3 1 sep3 0 sep3 1 sep3 2 sep3 2 sep3 1 sep3 1 sep3 4',
  ],
  svhn_s4_random: [
    'sep3 1 sep3 0 sep3 1 sep3 0 sep3 3 sep3 1 sep3 4 sep3 2',
    'sep3 1 sep3 0 sep3 2 sep3 0 sep3 2 sep3 3 sep3 4 sep3 0',
  ],
  svhn_s4_pgd: [
    'sep3 1 sep3 0 sep3 0 sep3 1 sep3 0 sep3 1 sep3 0 sep3 1',
    'sep3 1 sep3 0 sep3 1 sep3 2 sep3 2 sep3 0 sep3 0 sep3 1',
  ],
  c10_s1_pcdarts: [
    'dil5 1 dil3 0 dil5 0 sep3 1 skip 2 max 0 skip 2 skip 0',
    'max 0 max 1 max 1 max 0 sep3 1 max 0 dil5 2 max 0',
  ],
  c10_s2_pcdarts: [
    'skip 1 sep3 0 skip 0 skip 2 skip 3 sep3 0 skip 3 skip 4',
    'sep3 0 sep3 1 sep3 1 sep3 2 sep3 2 sep3 3 sep3 4 sep3 2',
  ],
  c10_s3_pcdarts: [
    'sep3 1 sep3 0 sep3 2 sep3 1 sep3 3 sep3 2 skip 4 sep3 2',
    'sep3 0 sep3 1 sep3 0 sep3 2 sep3 0 sep3 3 sep3 0 sep3 4',
  ],
  c10_s4_pcdarts: [
    'sep3 0 sep3 1 sep3 0 sep3 1 sep3 0 sep3 1 sep3 0 noise 3',
    'sep3 0 sep3 1 sep3 1 sep3 2 sep3 3 sep3 1 sep3 2 sep3 0',
  ],
  c100_s1_pcdarts: [
    'dil3 0 dil5 1 sep3 1 dil3 2 dil3 3 skip 2 dil3 4 max 1',
    'max 0 dil3 1 dil5 2 max 1 sep3 1 dil3 2 dil5 2 dil5 3',
  ],
  c100_s2_pcdarts: [
    'sep3 1 skip 0 sep3 1 skip 2 skip 0 sep3 1 sep3 4 skip 3',
    'sep3 1 sep3 0 sep3 2 skip 1 sep3 2 sep3 3 sep3 1 sep3 3',
  ],
  c100_s3_pcdarts: [
    'sep3 0 sep3 1 sep3 0 skip 2 sep3 0 sep3 3 sep3 1 sep3 4',
    'sep3 0 sep3 1 sep3 0 sep3 2 sep3 1 sep3 3 sep3 1 sep3 4',
  ],
  c100_s4_pcdarts: [
    'sep3 1 sep3 0 sep3 1 sep3 0 sep3 1 sep3 0 sep3 0 sep3 1',
    'sep3 0 sep3 1 sep3 2 sep3 0 sep3 2 sep3 0 sep3 4 sep3 0',
  ],
  svhn_s1_pcdarts: [
    'dil3 0 dil5 1 skip 1 skip 2 skip 3 skip 0 skip 2 sep3 0',
    'dil3 1 avg 0 dil5 2 max 0 dil5 3 sep3 1 dil5 4 dil5 3',
  ],
  svhn_s2_pcdarts: [
    'skip 1 skip 0 skip 2 skip 1 skip 2 skip 1 skip 2 skip 1',
    'sep3 1 sep3 0 skip 0 sep3 2 skip 2 sep3 3 sep3 4 sep3 3',
  ],
  svhn_s3_pcdarts: [
    'sep3 0 sep3 1 skip 0 skip 2 skip 0 skip 2 skip 0 skip 2',
    'sep3 0 sep3 1 sep3 2 sep3 1 sep3 3 sep3 1 sep3 4 sep3 1',
  ],
  svhn_s4_pcdarts: [
    'sep3 0 sep3 1 sep3 2 sep3 1 sep3 2 sep3 3 sep3 2 sep3 4',
    'sep3 0 sep3 1 sep3 0 sep3 2 sep3 0 sep3 1 sep3 0 sep3 1',
  ],
} as const;

export type SmoothDartsName = keyof typeof FOUND;

export const SMOOTH_DARTS = Object.keys(FOUND) as SmoothDartsName[];

/** A genotype in the notation of the file that it is from. */
export function smoothDarts(name: SmoothDartsName): string {
  const [normal, reduce] = FOUND[name].map((cell) => {
    const edges = Array.from(cell.matchAll(/(\w+) (\d)/g), ([, op = '', from]) => {
      return `('${OPERATIONS[op]}', ${from})`;
    });
    return `[${edges.join(', ')}]`;
  });
  const concat = 'range(2, 6)';
  return (
    `Genotype(normal=${normal}, normal_concat=${concat}, ` +
    `reduce=${reduce}, reduce_concat=${concat})`
  );
}
