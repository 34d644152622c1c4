import { EXIT } from '@archer-nas/core';
import { printable } from '@archer-nas/report';
import { type Finding, type Verification, verifyRun } from '@archer-nas/runtime';
import { createColors } from 'picocolors';
import type { Output } from '../output.ts';
import { findRunFolders } from '../run-folders.ts';
import type { Command } from './command.ts';

/** `archer verify`: what of a run folder is intact. */
export const verify: Command<{ run: string }> = {
  command: 'verify <run>',
  describe: 'Check every file of a run against its journal; change nothing',
  builder: { run: { type: 'string', describe: 'Run folder, or the folder of its seeds' } },
  async run({ run }, output) {
    const found = findRunFolders(run).map((folder) => verifyRun(folder));
    output.line(found.map((one) => text(one, output)).join('\n\n'));
    output.value(found);
    return found.some(({ status }) => status === 'damaged') ? EXIT.corrupt : EXIT.ok;
  },
};

function text({ folder, run, status, findings }: Verification, output: Output): string {
  const { green, red, dim } = createColors(output.colour);
  const colours = { intact: green, damaged: red, note: dim } as const;
  const line = ({ status: so, part, detail }: Finding): string =>
    `${colours[so](so.padEnd(7))}  ${printable(`${part}: ${detail}`)}`;
  return [printable(`${folder}: ${run}`), ...findings.map(line), colours[status](status)].join(
    '\n',
  );
}
