import {
  type GradientRecipe,
  GradientSum,
  lossAndGradients,
  pathGates,
  randomPath,
} from '@archer-nas/nn';
import { type Archive, type ArchiveOptions, updated } from './archive.ts';

/** NSAS's loss. */
export interface ArchiveGradientOptions extends ArchiveOptions {
  /** β: share of the archive in the loss. */
  readonly beta: number;
  /** Released code takes the archive's losses for constants. */
  readonly term: 'gradient' | 'constant';
}

interface Saved extends Archive {
  readonly steps: number;
}

/**
 * NSAS: what a step on one path makes the shared weights forget is held against it by an archive of
 * diverse paths: L = (1 − β) L(path) + β mean_i L(archive_i), on the same batch.
 */
export function archiveGradient({
  beta,
  term,
  ...archive
}: ArchiveGradientOptions): GradientRecipe {
  return {
    begin: ({ network, store, streams }, saved) => {
      const { sites } = network;
      const begun: Saved = { members: [], recent: [], steps: 0 };
      let { steps, ...own } = (saved as unknown as Saved | undefined) ?? begun;
      return {
        of(path, batch, options) {
          const stream = streams.stream('archive', steps);
          const random = () => randomPath(network, stream);
          own = updated(sites, own, path, { ...archive, random });
          steps += 1;
          const of = (one: typeof path) =>
            lossAndGradients(network, store, pathGates(one), batch, options);
          const pass = of(path);
          const sum = new GradientSum();
          sum.add(pass.gradients, 1 - beta);
          const members = term === 'gradient' ? own.members : [];
          for (const member of members) {
            const kept = of(member);
            sum.add(kept.gradients, beta / members.length);
            kept.dispose();
          }
          return {
            ...pass,
            gradients: sum.gradients,
            passes: 1 + members.length,
            dispose() {
              sum.dispose();
              pass.dispose();
            },
          };
        },
        get state() {
          return { ...own, steps };
        },
      };
    },
  };
}
