import type { Table } from '@archer-nas/core';
import { decisionSites, type Rows, type Site } from '@archer-nas/nn';

/**
 * How probable each option of each decision is, for the journal; a decision is called after its
 * first site.
 *
 * @param sites of the supernet that is trained
 */
export function alphaTable(sites: readonly Site[], probabilities: Rows): Table {
  const named = decisionSites(sites);
  const rows = probabilities.flatMap((row, decision) => {
    const { name = `decision ${decision}`, options = [] } = named[decision] ?? {};
    return Array.from(row, (p, option) => [name, options[option] ?? `option ${option}`, p]);
  });
  return { columns: ['decision', 'option', 'probability'], rows };
}
