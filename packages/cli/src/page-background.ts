import type { CellDrawing } from '@archer-nas/core';
import { type Background, type Deviations, markdownTables } from '@archer-nas/report';
import { pluginDocuments, type RunRecord, spaceOfRun } from '@archer-nas/runtime';
import { messageOf } from './output.ts';

/**
 * What pages about some runs show besides them: drawings by their space, and the deviations of
 * their plugins. What is not installed here any more is left out; `note` hears why.
 */
export async function backgroundOf(
  records: readonly RunRecord[],
  note: (text: string) => void,
): Promise<Background> {
  const [first] = records;
  if (first === undefined) return {};
  const deviations = attempt(() => deviationsOf(records), 'Without deviations', note) ?? [];
  try {
    const space = await spaceOfRun(first.folder);
    const draw = (architecture: string): readonly CellDrawing[] | undefined =>
      attempt(() => space.draw?.(space.parse(architecture)), `No drawing of ${architecture}`, note);
    return { deviations, draw };
  } catch (error) {
    note(`Without drawings of cells: ${messageOf(error)}`);
    return { deviations };
  }
}

/** Of the plugins of all runs, each package once. */
function deviationsOf(records: readonly RunRecord[]): Deviations[] {
  const documents = records.flatMap((record) => [...pluginDocuments(record, 'DEVIATIONS.md')]);
  return [...new Map(documents)].map(([plugin, text]) => ({
    plugin,
    tables: markdownTables(text),
  }));
}

function attempt<T>(work: () => T, what: string, note: (text: string) => void): T | undefined {
  try {
    return work();
  } catch (error) {
    note(`${what}: ${messageOf(error)}`);
    return undefined;
  }
}
