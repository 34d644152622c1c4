import { ArcherError, EXIT } from '@archer-nas/core';
import { optionCounts, type Rows } from './mixture.ts';
import type { Site } from './network.ts';

/** How an expected latency joins the loss of architecture parameters (ProxylessNAS, 2019). */
export type LatencyLoss =
  | { readonly form: 'add'; readonly weight: number }
  | {
      readonly form: 'mul#log';
      readonly reference: number;
      readonly scale: number;
      readonly power: number;
    };

/** What the latencies are. */
export interface LatencyOptions {
  /** By `option`, or by `site.option` where sites differ; any unit. */
  readonly table: Readonly<Record<string, number>>;
  readonly loss: LatencyLoss;
}

/** A value with its derivatives by the cross-entropy and by the latency. */
export interface LossSlopes {
  readonly value: number;
  readonly byLoss: number;
  readonly byLatency: number;
}

/**
 * Latency of every option, summed over the sites of its decision.
 * @param name of the option of the manifest that has the table
 * @throws ArcherError `ARCHER_LATENCY` for an option that is not in the table
 */
export function latencyRows(
  sites: readonly Site[],
  table: LatencyOptions['table'],
  name = 'latency.table',
): Rows {
  const rows = optionCounts(sites).map((length) => new Float64Array(length));
  for (const site of sites) {
    site.options.forEach((option, at) => {
      const row = rows[site.decision] as Float64Array; // counted above
      row[at] = (row[at] ?? 0) + latencyOf(site.name, option, { table, name });
    });
  }
  return rows;
}

function latencyOf(
  site: string,
  option: string,
  { table, name }: Pick<LatencyOptions, 'table'> & { readonly name: string },
): number {
  const latency = table[`${site}.${option}`] ?? table[option];
  if (latency !== undefined) return latency;
  throw new ArcherError(
    'ARCHER_LATENCY',
    `The table ${name} has no "${option}", an option of site ${site}; it has ` +
      `${Object.keys(table).join(', ') || 'nothing'}.`,
    { hint: `Add "${option}" or "${site}.${option}" to ${name}.`, exit: EXIT.manifest },
  );
}

/** E[lat] = Σ p_i lat_i over all decisions. */
export function expectedLatency(p: Rows, latencies: Rows): number {
  return p.reduce(
    (total, row, d) => row.reduce((sum, pi, i) => sum + pi * (latencies[d]?.[i] ?? 0), total),
    0,
  );
}

/**
 * CE + λ E[lat], or the script's α_l · CE · (ln E[lat] / ln ref)^β.
 * @throws ArcherError `ARCHER_LATENCY` where the logarithm of the latency is not positive
 */
export function withLatency(loss: number, latency: number, options: LatencyLoss): LossSlopes {
  if (options.form === 'add') {
    const { weight } = options;
    return { value: loss + weight * latency, byLoss: 1, byLatency: weight };
  }
  const { reference, scale, power } = options;
  if (latency <= 1) throw tooSmall(latency);
  const ratio = Math.log(latency) / Math.log(reference);
  const byLoss = scale * ratio ** power;
  const byRatio = scale * loss * power * ratio ** (power - 1);
  return {
    value: byLoss * loss,
    byLoss,
    byLatency: byRatio / (latency * Math.log(reference)),
  };
}

function tooSmall(latency: number): ArcherError {
  return new ArcherError(
    'ARCHER_LATENCY',
    `The loss mul#log takes the logarithm of the expected latency, which is ${latency}: not above 1.`,
    { hint: 'Give the table and the reference in a smaller unit.', exit: EXIT.manifest },
  );
}
