import { ArcherError, EXIT } from '@archer-nas/core';
import {
  type BilevelMoment,
  type Drop,
  decisionSites,
  type Mixture,
  type Modifier,
  type Rows,
  type Site,
} from '@archer-nas/nn';
import { limitedSkips } from './skip-limit.ts';

/** Options of {@link pDarts}; the plugin's defaults are those of the search on CIFAR-10. */
export interface PDartsOptions {
  /** Of the supernet, by stage. */
  readonly cells: readonly number[];
  /** Operations that an edge keeps after a stage; one fewer than stages. */
  readonly keep: readonly number[];
  /** r of skip connections, by stage. */
  readonly dropout: readonly number[];
  /** M, the most skip connections of the result; `null`: no limit. */
  readonly skips: number | null;
}

const SKIP = 'skip_connect';
const NONE = 'none';
const NEVER: Drop = { rate: 0, each: 'value' };

/**
 * P-DARTS (Chen et al., ICCV 2019): the depth of the supernet approaches that of the final network
 * stage by stage, and the operations of an edge that were weak are dropped on the way
 * (section 3.2). Dropout of skip connections that decays, and a limit on them at the end
 * (section 3.3).
 *
 * @throws ArcherError `ARCHER_STAGES` when the lists do not fit together
 */
export function pDarts(options: PDartsOptions): Modifier {
  const { cells, keep, dropout, skips } = checked(options);
  const last = cells.length - 1;
  return {
    stages: cells.length,
    task: (task, stage) => ({ ...task, cells: cells[stage] ?? 1 }),
    begin: ({ sites, stage }) => ({
      state: null,
      mixture: (mixture, at) => droppedSkips(mixture, sites, skipDropout(at, dropout[stage] ?? 0)),
      keep: (p) => narrowed(p, sites, keep[stage]),
      ...(stage === last && {
        scores: (p: Rows, kept: (rows: Rows) => readonly string[]) =>
          limitedSkips(withoutNone(p, sites), { sites, kept, most: skips }),
      }),
    }),
  };
}

/** r(E − e − 1)/E in the epochs e of E before α learns, from e₀ on r·exp(−0.2(e − e₀)). */
export function skipDropout(
  { epoch, epochs, alphaFrom }: Pick<BilevelMoment, 'epoch' | 'epochs' | 'alphaFrom'>,
  r: number,
): number {
  const isWarming = epoch < alphaFrom;
  return isWarming ? (r * (epochs - epoch - 1)) / epochs : r * Math.exp(-0.2 * (epoch - alphaFrom));
}

/** The options that each decision keeps: so many operations, and all inputs where they are weighed. */
function narrowed(p: Rows, sites: readonly Site[], count = Number.POSITIVE_INFINITY): number[][] {
  const decisions = decisionSites(sites);
  const isOfInputs = (decision: number): boolean => decisions[decision]?.keeps !== undefined;
  return p.map((row, decision) => strongest(row, isOfInputs(decision) ? row.length : count));
}

/** The `count` options with the greatest probability, ascending; of equal ones the first are dropped. */
export function strongest(row: Float64Array, count: number): number[] {
  const order = [...row.keys()].sort((a, b) => (row[a] ?? 0) - (row[b] ?? 0) || a - b);
  return order.slice(Math.max(0, row.length - count)).sort((a, b) => a - b);
}

/** Every value that a skip connection gives is dropped with this rate. */
function droppedSkips(mixture: Mixture, sites: readonly Site[], rate: number): Mixture {
  if (rate === 0) return mixture;
  const names = optionNames(sites);
  return mixture.map((row, decision) => {
    const drops = row.support.map((option, at): Drop => {
      const isSkip = names[decision]?.[option] === SKIP;
      return isSkip ? { rate, each: 'value' } : (row.drops?.[at] ?? NEVER);
    });
    return { ...row, drops };
  });
}

/** In the last stage `none` is never chosen. */
function withoutNone(p: Rows, sites: readonly Site[]): Rows {
  const names = optionNames(sites);
  return p.map((row, decision) =>
    row.map((value, option) => (names[decision]?.[option] === NONE ? 0 : value)),
  );
}

function optionNames(sites: readonly Site[]): readonly (readonly string[])[] {
  const names: (readonly string[])[] = [];
  for (const { decision, options } of sites) names[decision] = options;
  return names;
}

function checked(options: PDartsOptions): PDartsOptions {
  const { cells, keep, dropout } = options;
  if (keep.length === cells.length - 1 && dropout.length === cells.length) return options;
  throw new ArcherError(
    'ARCHER_STAGES',
    `p-darts has ${cells.length} stages by cells: [${cells}], but ${keep.length} numbers of ` +
      `operations to keep and ${dropout.length} rates of dropout.`,
    {
      hint: `Give ${cells.length - 1} numbers as keep, and ${cells.length} as dropout.`,
      exit: EXIT.manifest,
    },
  );
}
