import { decisionSites, type Path, type Site } from '@archer-nas/nn';

/** The encoding of architectures that a hypernetwork reads. */
export interface ArchitectureCode {
  readonly length: number;
  /** Of a code: as many as there are decisions. */
  readonly ones: number;
  /** One for the option of each decision, zero elsewhere. */
  of(path: Path): readonly number[];
}

/** Makes codes of paths: decision by decision, one number per option. */
export function architectureCode(sites: readonly Site[]): ArchitectureCode {
  const decisions = decisionSites(sites);
  // The sites of a decision take one option together.
  const places = decisions.map((site) => sites.indexOf(site));
  const counts = decisions.map(({ options, sets = 1 }) => options.length * sets);
  return {
    length: counts.reduce((sum, count) => sum + count, 0),
    ones: counts.length,
    of: (path) =>
      counts.flatMap((count, decision) => {
        const option = path[places[decision] ?? -1];
        return Array.from({ length: count }, (_, at) => Number(at === option));
      }),
  };
}
