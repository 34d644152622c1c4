import { type Path, type PathRecipe, tiedSites } from '@archer-nas/nn';

interface Saved {
  readonly proposed: number;
  /** Per decision, the options that are still to be dealt. */
  readonly hands: readonly (readonly number[])[];
}

/**
 * FairNAS's strict fairness: every decision deals its m options like cards, in an order that is
 * drawn anew when all of them are dealt. A step takes m paths, so each option of each decision is
 * in exactly one of them and every step updates every option once. Where decisions have unequal
 * numbers of options, m is the largest, and the counts of a decision's options never differ by
 * more than one.
 */
export const fairPaths: PathRecipe = {
  norms: 'none',
  together: (sites) => Math.max(1, ...sites.map(({ options }) => options.length)),
  begin: (sites, state) => {
    const saved = state as unknown as Saved | undefined;
    const ties = tiedSites(sites);
    const hands = ties.map((_, decision) => [...(saved?.hands[decision] ?? [])]);
    let proposed = saved?.proposed ?? 0;
    return {
      propose: (n, stream) =>
        Array.from({ length: n }, () => {
          const path: number[] = [];
          ties.forEach((tied, decision) => {
            const m = sites[tied[0] as number]?.options.length ?? 0; // ties are not empty
            const hand = hands[decision] as number[]; // one per decision
            if (hand.length === 0) hand.push(...stream.shuffle([...Array(m).keys()]));
            const option = hand.pop() as number; // it was filled
            for (const site of tied) path[site] = option;
          });
          return { id: `path-${proposed++}`, architecture: path satisfies Path };
        }),
      observe() {},
      get state() {
        return { proposed, hands: hands.map((hand) => [...hand]) };
      },
    };
  },
};
