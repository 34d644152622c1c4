import type { SamplerRecipe, State } from '@archer-nas/core';

/** The listed architectures, once each and in order, in the space's notation. */
export function given(architectures: readonly string[]): SamplerRecipe {
  return {
    name: 'given',
    blind: true,
    begin({ space }, saved?: State) {
      const all = architectures.map((text) => space.parse(text));
      let proposed = (saved as { readonly proposed: number } | undefined)?.proposed ?? 0;
      return {
        evaluations: all.length,
        get state() {
          return { proposed };
        },
        propose(n) {
          const next = all.slice(proposed, proposed + n);
          const proposals = next.map((architecture) => {
            return { id: `given-${proposed++}`, architecture };
          });
          return proposals.length > 0 ? proposals : 'done';
        },
        observe() {},
      };
    },
  };
}
