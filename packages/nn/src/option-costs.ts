import { ArcherError, EXIT } from '@archer-nas/core';
import { optionCounts, type Rows } from './mixture.ts';
import type { Site } from './network.ts';

/** Costs by `option`, or by `site.option` where sites differ, in any unit: `costTable` of options. */
export type CostTable = Readonly<Record<string, number>>;

/**
 * Cost of every option, summed over the sites of its decision.
 * @param name of the option of the manifest that has the table
 * @throws ArcherError `ARCHER_COST_TABLE` for an option that is not in the table
 */
export function costRows(sites: readonly Site[], table: CostTable, name: string): Rows {
  const rows = optionCounts(sites).map((length) => new Float64Array(length));
  for (const site of sites) {
    site.options.forEach((option, at) => {
      const row = rows[site.decision] as Float64Array; // counted above
      const cost = table[`${site.name}.${option}`] ?? table[option];
      if (cost === undefined) throw unknown(site.name, option, { table, name });
      row[at] = (row[at] ?? 0) + cost;
    });
  }
  return rows;
}

/** E[cost] = Σ p_i cost_i over all decisions. */
export function expectedCost(p: Rows, costs: Rows): number {
  return p.reduce(
    (total, row, d) => row.reduce((sum, pi, i) => sum + pi * (costs[d]?.[i] ?? 0), total),
    0,
  );
}

function unknown(
  site: string,
  option: string,
  { table, name }: { readonly table: CostTable; readonly name: string },
): ArcherError {
  return new ArcherError(
    'ARCHER_COST_TABLE',
    `The table ${name} has no "${option}", an option of site ${site}; it has ` +
      `${Object.keys(table).join(', ') || 'nothing'}.`,
    { hint: `Add "${option}" or "${site}.${option}" to ${name}.`, exit: EXIT.manifest },
  );
}
