import type { Stream } from '@archer-nas/core';
import type { Path, PathRecipe, Site } from '@archer-nas/nn';

/** Every decision's option is drawn uniformly; sites that share a decision take the same one. */
export const uniformPaths: PathRecipe = {
  norms: 'none',
  begin: (sites, saved) => {
    let proposed = (saved as { readonly proposed: number } | undefined)?.proposed ?? 0;
    return {
      propose: (n, stream) =>
        Array.from({ length: n }, () => ({
          id: `path-${proposed++}`,
          architecture: uniformPath(sites, stream),
        })),
      observe() {},
      get state() {
        return { proposed };
      },
    };
  },
};

function uniformPath(sites: readonly Site[], stream: Stream): Path {
  const chosen = new Map<number, number>();
  return sites.map(({ decision, options }) => {
    const option = chosen.get(decision) ?? stream.int(options.length);
    chosen.set(decision, option);
    return option;
  });
}
