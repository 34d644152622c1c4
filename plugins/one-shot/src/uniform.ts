import { type Path, type PathRecipe, tiedSites } from '@archer-nas/nn';

/**
 * Every decision's option is drawn uniformly; sites that share a decision take the same one.
 *
 * @param together paths per step, each drawn on its own
 */
export function uniformPaths(together = 1): PathRecipe {
  return {
    norms: 'none',
    together: () => together,
    begin: (sites, saved) => {
      const ties = tiedSites(sites);
      let proposed = (saved as { readonly proposed: number } | undefined)?.proposed ?? 0;
      return {
        propose: (n, stream) =>
          Array.from({ length: n }, () => {
            const path: number[] = [];
            for (const tied of ties) {
              const option = stream.int(sites[tied[0] as number]?.options.length as number);
              for (const site of tied) path[site] = option;
            }
            return { id: `path-${proposed++}`, architecture: path satisfies Path };
          }),
        observe() {},
        get state() {
          return { proposed };
        },
      };
    },
  };
}
