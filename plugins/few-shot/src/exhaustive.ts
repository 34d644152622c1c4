import { ArcherError, EXIT } from '@archer-nas/core';
import { decisionSites, type SplitRecipe } from '@archer-nas/nn';

/** What the splits are. */
export interface ExhaustiveOptions {
  /** One split by each, in this order. */
  readonly decisions: readonly number[];
  /** Of the training of every supernet, split by split. */
  readonly epochs: readonly number[];
  readonly inherits: 'weights' | 'nothing';
}

/**
 * Few-Shot NAS: a supernet is split by one decision, exhaustively: into one supernet for each of its
 * options, which begins with the weights of the supernet that it came of.
 */
export function exhaustive({ decisions, epochs, inherits }: ExhaustiveOptions): SplitRecipe {
  return {
    plan: (sites) => {
      const counts = decisionSites(sites).map(({ options }) => options.length);
      return decisions.map((decision, at) => {
        const into = counts[decision] ?? 0;
        const repeated = decisions.indexOf(decision) !== at;
        if (into < 2 || repeated || decisions.length !== epochs.length) {
          throw unfit({ decisions, epochs }, counts);
        }
        return { into, steps: 0, epochs: epochs[at] as number, inherits };
      });
    },
    begin: ({ before, sites }) => ({
      step() {},
      split() {
        const decision = decisions[before.length] as number; // as many as were planned
        const options = sites.find((site) => site.decision === decision)?.options ?? [];
        return { decision, groups: [...options.keys()].map((option) => [option]) };
      },
      state: null,
    }),
  };
}

function unfit(
  { decisions, epochs }: Pick<ExhaustiveOptions, 'decisions' | 'epochs'>,
  counts: readonly number[],
): ArcherError {
  return new ArcherError(
    'ARCHER_SPLIT',
    `The supernet was to be split by decisions [${decisions}] and trained for [${epochs}] epochs ` +
      `after each; its decisions 0 to ${counts.length - 1} have [${counts}] options.`,
    {
      hint: 'Name distinct decisions with at least two options, and epochs for each.',
      exit: EXIT.manifest,
    },
  );
}
