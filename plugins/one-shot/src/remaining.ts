import { ArcherError, EXIT } from '@archer-nas/core';
import type { Path, PathRecipe } from '@archer-nas/nn';

/** Random paths of what a search with stages has left of the space: all of it before the first. */
export const remainingPaths: PathRecipe = {
  norms: 'none',
  begin: (_, saved, { remaining } = {}) => {
    if (!remaining) {
      throw new ArcherError(
        'ARCHER_NO_STAGES',
        'The paths "remaining" are those that a search has left of the space; there is no search.',
        { hint: 'Add a search with stages, such as pc-nas.', exit: EXIT.manifest },
      );
    }
    let proposed = (saved as { readonly proposed: number } | undefined)?.proposed ?? 0;
    return {
      propose: (n, stream) =>
        Array.from({ length: n }, () => {
          const architecture: Path = remaining(stream);
          return { id: `path-${proposed++}`, architecture };
        }),
      observe() {},
      get state() {
        return { proposed };
      },
    };
  },
};
