import type { Block, Evaluation, Proposal, Sampler, State, Stream } from '@archer-nas/core';
import type { Check } from './check.ts';
import { createPart, holding } from './parts.ts';
import { describeRow, type Row, type RowSubject, rowChecks } from './row.ts';
import { type SamplerSubject, samplerChecks } from './sampler-contract.ts';
import { sampledTrace } from './sampler-row.ts';

/** A place of a supernet where one of several operations runs; sites of a decision go together. */
export interface PathSite {
  readonly name: string;
  readonly decision: number;
  readonly options: readonly string[];
}

/** A sampler of paths on a supernet that is imagined: it is told made-up gradient norms. */
export interface PathsRow extends Row {
  readonly paths: Block;
  readonly sites: readonly PathSite[];
  /** Rounds of propose and observe; default 6. */
  readonly rounds?: number;
  /** Proposals asked for in each; default 4. */
  readonly batch?: number;
}

/** What the kit must know of a recipe of kind `paths`, which is nn's. */
interface Recipe {
  readonly norms: string;
  begin(
    sites: readonly PathSite[],
    saved?: State,
    around?: { remaining(stream: Stream): readonly number[] },
  ): Sampler<readonly number[]>;
}

/** The signal that a recipe with norms is told: one value per site. */
const SIGNAL = 'gradient-norm';

/** Runs the contract of a path sampler, and what every row promises, as tests. */
export function describePaths(row: PathsRow): void {
  describeRow(subjectOf(row));
}

/** What {@link describePaths} runs. */
export function pathsRowChecks(row: PathsRow): readonly Check[] {
  return rowChecks(subjectOf(row));
}

function subjectOf(row: PathsRow): RowSubject {
  return {
    kind: 'paths',
    use: row.paths.use,
    row,
    manifest: () => holding('paths', row.paths, row),
    checks: samplerChecks(() => made(row)),
    trace: async () => sampledTrace(await made(row)),
  };
}

async function made(row: PathsRow): Promise<SamplerSubject<readonly number[]>> {
  const { part } = await createPart('paths', row.paths, row);
  const recipe = part as Recipe; // what every plugin of the kind makes
  const { sites, rounds = 6, batch = 4 } = row;
  return {
    begin: (saved) => recipe.begin(sites, saved, { remaining: (stream) => random(sites, stream) }),
    evaluate,
    legal: (path) =>
      path.length === sites.length &&
      path.every((option, at) => sites[at]?.options[option] !== undefined),
    spoilt: (evaluation) => ({
      ...evaluation,
      metrics: { loss: Number.NaN },
      signals: { [SIGNAL]: new Float32Array(sites.length).fill(Number.NaN) },
    }),
    blind: recipe.norms === 'none',
    rounds,
    batch,
  };
}

/** What an imagined search has left: everything. */
function random(sites: readonly PathSite[], stream: Stream): readonly number[] {
  const u = sites.map(() => stream.float());
  return sites.map(({ decision, options }) => Math.floor((u[decision] ?? 0) * options.length));
}

/** Later options have larger norms; the first has no parameters. */
function evaluate(proposal: Proposal<readonly number[]>): Evaluation<readonly number[]> {
  const norms = Float32Array.from(proposal.architecture, (option, at) => option * (1 + at / 8));
  return {
    proposal,
    metrics: { loss: 1 },
    signals: { [SIGNAL]: norms },
    cost: {},
    status: 'partial',
  };
}
