import type { Stream } from '@archer-nas/core';
import type { Path, PathRecipe, Site } from '@archer-nas/nn';

/** Every decision's option is drawn uniformly; sites that share a decision take the same one. */
export const uniformPaths: PathRecipe = {
  norms: 'none',
  begin: (sites) => ({
    propose: (n, stream) =>
      Array.from({ length: n }, () => {
        const architecture = uniformPath(sites, stream);
        return { id: architecture.join(','), architecture };
      }),
    observe() {},
    state: null,
  }),
};

function uniformPath(sites: readonly Site[], stream: Stream): Path {
  const chosen = new Map<number, number>();
  return sites.map(({ decision, options }) => {
    const option = chosen.get(decision) ?? stream.int(options.length);
    chosen.set(decision, option);
    return option;
  });
}
