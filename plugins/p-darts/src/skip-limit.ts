import type { Rows, Site } from '@archer-nas/nn';

/** What a limit on skip connections looks at. */
export interface SkipLimit {
  readonly sites: readonly Site[];
  /** The option, by decision, in the architecture that rows stand for. */
  readonly kept: (rows: Rows) => readonly string[];
  /** `null`: no limit. */
  readonly most: number | null;
}

const SKIP = 'skip_connect';

/**
 * Rows that stand for an architecture with at most so many skip connections in its normal cell: as
 * long as there are more, the least probable of those in it becomes 0.
 */
export function limitedSkips(p: Rows, { sites, kept, most }: SkipLimit): Rows {
  if (most === null) return p;
  const limited = p.map((row) => row.slice());
  const places = skipPlaces(sites);
  for (;;) {
    const names = kept(limited);
    const found = places.filter(({ decision, option }) => {
      return names[decision] === SKIP && (limited[decision]?.[option] ?? 0) > 0;
    });
    if (found.length <= most) return limited;
    const weight = ({ decision, option }: Place) => limited[decision]?.[option] ?? 0;
    const least = found.reduce((a, b) => (weight(b) < weight(a) ? b : a));
    limited[least.decision]?.fill(0, least.option, least.option + 1);
  }
}

interface Place {
  readonly decision: number;
  readonly option: number;
}

/** The skip connections among the options of cells that do not reduce, one per decision. */
function skipPlaces(sites: readonly Site[]): Place[] {
  const places = new Map<number, Place>();
  for (const { decision, options, reduces } of sites) {
    const option = options.indexOf(SKIP);
    if (option >= 0 && !reduces) places.set(decision, { decision, option });
  }
  return [...places.values()];
}
