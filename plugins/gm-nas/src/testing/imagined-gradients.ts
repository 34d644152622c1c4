import { tf } from '@archer-nas/engine';
import type { ParameterSpec, Path, Site, SplitContext } from '@archer-nas/nn';

const OPTIONS = ['a', 'b', 'c', 'd', 'e'];

/** Two cells of two edges with five options each. */
export const SITES: readonly Site[] = [0, 1, 2, 3].map((at) => ({
  name: `cell${at >> 1}.edge${at % 2}`,
  decision: at % 2,
  options: OPTIONS,
}));

const spec = (name: string, owner?: ParameterSpec['owner']): ParameterSpec => {
  const own = { name, shape: [2], init: 'zeros' as const };
  return owner === undefined ? own : { ...own, owner };
};

/** A stem, one parameter per option, a reduction between the cells, a classifier. */
export const SPECS: readonly ParameterSpec[] = [
  spec('stem'),
  ...[0, 1].flatMap((site) =>
    OPTIONS.map((name, option) => spec(`${site}.${name}`, { site, option })),
  ),
  spec('reduction'),
  ...[2, 3].flatMap((site) =>
    OPTIONS.map((name, option) => spec(`${site}.${name}`, { site, option })),
  ),
  spec('classifier'),
];

/** Which way an option of the first edge pulls what is shared. */
const DIRECTIONS = [
  [1, 0.1],
  [1, -0.1],
  [-1, 0.2],
  [-1, 0],
  [1, 0],
];

/**
 * Options a, b and e of the first edge pull the reduction one way, c and d the other; those of the
 * second edge do not matter. Stem and classifier, and the first edge's own options, say the opposite
 * of whatever it is.
 */
export function imaginedGradients(): SplitContext['gradients'] {
  return (paths, use) => {
    const gradients = paths.map((path) => gradientsOf(path));
    try {
      return use(gradients);
    } finally {
      for (const one of gradients) tf.dispose([...one.values()]);
    }
  };
}

function gradientsOf(path: Path): Map<string, tf.Tensor> {
  const option = path[0] as number;
  const misleading = [0, 2, 4].includes(option) ? [9, 0] : [-9, 0];
  return new Map([
    ['stem', tf.tensor1d(misleading)],
    ['classifier', tf.tensor1d(misleading)],
    [`0.${OPTIONS[option]}`, tf.tensor1d(misleading)],
    ['reduction', tf.tensor1d(DIRECTIONS[option] as number[])],
  ]);
}
