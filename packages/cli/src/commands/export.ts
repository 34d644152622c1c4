import { join, resolve } from 'node:path';
import { ArcherError, EXIT } from '@archer-nas/core';
import { printable } from '@archer-nas/report';
import { exportRun as exportFolder, type RunRecord, replaceFile } from '@archer-nas/runtime';
import { cellImages, cellPictures } from '../cell-pictures.ts';
import type { Output } from '../output.ts';
import { backgroundOf } from '../page-background.ts';
import { RUN_FORMATS, type RunFormat, runExports } from '../run-exports.ts';
import { findRuns } from '../run-folders.ts';
import type { Command } from './command.ts';

interface Arguments {
  run: string;
  best?: boolean;
  architecture?: string;
  to: string;
  out?: string;
  engine?: string;
  data?: string;
}

/** `archer export`: the found network, or what a run found out, as files for other programs. */
export const exportRun: Command<Arguments> = {
  command: 'export <run>',
  describe: 'Write the found architecture, its weights, or the charts and tables of a run',
  builder: {
    run: { type: 'string', describe: 'Run folder, for charts and tables also that of its seeds' },
    best: { type: 'boolean', describe: 'The best of the run, which is so without --architecture' },
    architecture: { type: 'string', describe: 'This one instead, in the notation of the space' },
    to: {
      type: 'string',
      default: 'genotype',
      describe:
        'genotype; what the search has: tfjs; charts and cells: svg, png; tables: csv, latex',
    },
    out: { type: 'string', describe: 'Folder; exports/<format> in the run folder otherwise' },
    engine: { type: 'string', describe: 'Engine to restore the weights on' },
    data: { type: 'string', describe: 'Data folder; ARCHER_DATA or ~/.cache/archer otherwise' },
  },
  examples: [
    ['export results/quick/seed-0 --to tfjs', 'the network with its weights'],
    ['export results/quick --to latex', 'tables over all seeds'],
  ],
  async run({ run, best, architecture, to, out, engine, data }, output) {
    if (best !== undefined && best !== (architecture === undefined)) throw notOne(best);
    const records = findRuns(run);
    const format = RUN_FORMATS.find((name) => name === to);
    if (format !== undefined && architecture === undefined) {
      return writeRuns(
        records,
        { format, folder: resolve(out ?? join(run, 'exports', to)) },
        output,
      );
    }
    const [record, ...others] = records;
    if (others.length > 0) throw several(run, records);
    const formats = { svg: cellPictures, png: cellImages, csv: ofRuns, latex: ofRuns };
    const options = { format: to, architecture, to: out, engine, dataFolder: data, formats };
    const exported = await exportFolder(record?.folder ?? run, options);
    output.line(printable(exported.architecture));
    for (const file of exported.files) output.line(printable(`${exported.folder}/${file}`));
    output.value(exported);
    return EXIT.ok;
  },
};

async function writeRuns(
  records: readonly RunRecord[],
  { format, folder }: { readonly format: RunFormat; readonly folder: string },
  output: Output,
): Promise<number> {
  const isDrawn = format === 'svg' || format === 'png';
  const background = isDrawn ? await backgroundOf(records, output.note) : {};
  const files = await runExports(records, format, background);
  for (const [name, content] of files) {
    replaceFile(join(folder, name), content);
    output.line(printable(join(folder, name)));
  }
  if (files.size === 0) output.note(`There is nothing to export to ${format} yet.`);
  output.value({ folder, files: [...files.keys()] });
  return EXIT.ok;
}

function ofRuns(): never {
  throw new ArcherError('ARCHER_USAGE', 'Tables are of whole runs, not of one architecture.', {
    hint: 'Leave out --architecture.',
    exit: EXIT.usage,
  });
}

/** Both are asked for, or neither. */
function notOne(best: boolean): ArcherError {
  const message = best
    ? '--best and --architecture are two.'
    : 'Without the best, nothing is left.';
  return new ArcherError('ARCHER_USAGE', message, {
    hint: 'Leave --best out, or name another: --architecture.',
    exit: EXIT.usage,
  });
}

function several(folder: string, records: readonly RunRecord[]): ArcherError {
  return new ArcherError('ARCHER_USAGE', `${folder} holds ${records.length} runs.`, {
    hint: `Name one: ${records.map((record) => record.folder).join(', ')}`,
    exit: EXIT.usage,
  });
}
