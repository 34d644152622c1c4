import { ArcherError, EXIT } from '@archer-nas/core';
import { printable } from '@archer-nas/report';
import { exportRun as exportFolder, type RunRecord } from '@archer-nas/runtime';
import { cellPictures } from '../cell-pictures.ts';
import { findRuns } from '../run-folders.ts';
import type { Command } from './command.ts';

interface Arguments {
  run: string;
  best: boolean;
  architecture?: string;
  to: string;
  out?: string;
  engine?: string;
  data?: string;
}

/** `archer export`: the found network. */
export const exportRun: Command<Arguments> = {
  command: 'export <run>',
  describe: 'Write the found architecture, with its weights for --to tfjs',
  builder: {
    run: { type: 'string', describe: 'Run folder' },
    best: { type: 'boolean', default: true, describe: 'The best of the run' },
    architecture: { type: 'string', describe: 'This one instead, in the notation of the space' },
    to: {
      type: 'string',
      default: 'genotype',
      describe: 'genotype, svg, or what the search has: tfjs',
    },
    out: { type: 'string', describe: 'Folder; exports/<format> in the run folder otherwise' },
    engine: { type: 'string', describe: 'Engine to restore the weights on' },
    data: { type: 'string', describe: 'Data folder; ARCHER_DATA or ~/.cache/archer otherwise' },
  },
  async run({ run, architecture, to, out, engine, data }, output) {
    const [record, ...others] = findRuns(run);
    if (others.length > 0) throw several(run, [record as RunRecord, ...others]);
    const formats = { svg: cellPictures };
    const options = { format: to, architecture, to: out, engine, dataFolder: data, formats };
    const exported = await exportFolder(record?.folder ?? run, options);
    output.line(printable(exported.architecture));
    for (const file of exported.files) output.line(printable(`${exported.folder}/${file}`));
    output.value(exported);
    return EXIT.ok;
  },
};

function several(folder: string, records: readonly RunRecord[]): ArcherError {
  return new ArcherError('ARCHER_USAGE', `${folder} holds ${records.length} runs.`, {
    hint: `Name one: ${records.map((record) => record.folder).join(', ')}`,
    exit: EXIT.usage,
  });
}
