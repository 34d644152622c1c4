import {
  type Evaluation,
  type MetricSpec,
  type Proposal,
  type Sampler,
  type SamplerRecipe,
  type SearchSpace,
  type State,
  singleMetric,
} from '@archer-nas/core';
import type { Path, PathRecipe } from '@archer-nas/nn';

/** What paths are made of from architectures. */
export interface ArchitecturePathsOf<A> {
  readonly space: SearchSpace<A>;
  readonly path: (a: A) => Path;
  readonly sampler: SamplerRecipe;
  /** What rewards are measured in. */
  readonly metric: MetricSpec;
  /** Architectures of each training step. */
  readonly together: number;
}

/**
 * The paths of the architectures that a sampler proposes. It is told what came of them: in training
 * steps as `partial` evaluations, of rewards as `final` ones.
 */
export class ArchitecturePaths<A> implements PathRecipe {
  readonly norms = 'none';
  readonly #of: ArchitecturePathsOf<A>;
  #architectures: Sampler<A> | undefined;

  constructor(of: ArchitecturePathsOf<A>) {
    this.#of = of;
  }

  together(): number {
    return this.#of.together;
  }

  begin(_sites: unknown, saved?: State): Sampler<Path> {
    const { space, sampler, path, metric } = this.#of;
    const context = { space, metric, objective: singleMetric(metric) };
    const architectures = sampler.begin<A>(context, saved);
    this.#architectures = architectures;
    // Whoever asks for paths tells what came of them before the next step: nothing to save.
    const outstanding = new Map<string, Proposal<A>>();
    return {
      propose(n, stream) {
        const proposals = architectures.propose(n, stream);
        if (typeof proposals === 'string') return proposals;
        return proposals.map((proposal) => {
          outstanding.set(proposal.id, proposal);
          return { ...proposal, architecture: path(proposal.architecture) };
        });
      },
      observe(evaluations) {
        const own = evaluations.flatMap((one): Evaluation<A>[] => {
          const proposal = outstanding.get(one.proposal.id);
          return proposal === undefined ? [] : [{ ...one, proposal }];
        });
        outstanding.clear();
        architectures.observe(own);
      },
      ...(architectures.advance && { advance: architectures.advance.bind(architectures) }),
      get state() {
        return architectures.state;
      },
    };
  }

  /** The sampler as it is, to draw architectures from without an end; it learns nothing of them. */
  asItIs(): SamplerRecipe {
    const drawn = this.#architectures as Sampler<unknown>; // of the one space that there is
    return {
      blind: true,
      begin: <B>() => ({
        propose: (n, stream) => drawn.propose(n, stream) as ReturnType<Sampler<B>['propose']>,
        observe: (evaluations) =>
          drawn.observe(evaluations.map((one) => ({ ...one, status: 'partial' }))),
        state: null,
      }),
    };
  }
}
