import { type PathRecipe, uniformPath } from '@archer-nas/nn';

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
      let proposed = (saved as { readonly proposed: number } | undefined)?.proposed ?? 0;
      return {
        propose: (n, stream) =>
          Array.from({ length: n }, () => {
            return { id: `path-${proposed++}`, architecture: uniformPath(sites, stream) };
          }),
        observe() {},
        get state() {
          return { proposed };
        },
      };
    },
  };
}
