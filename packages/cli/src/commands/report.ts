import { EXIT } from '@archer-nas/core';
import { formatRunReport, formatTable, runReport, seedTable } from '@archer-nas/report';
import { findRuns } from '../run-folders.ts';
import type { Command } from './command.ts';

/** `archer report`: what came out of a run. */
export const report: Command<{ run: string }> = {
  command: 'report <run>',
  describe: 'Show the tables, verdicts and times of a run, finished or not',
  builder: { run: { type: 'string', describe: 'Run folder, or the folder of its seeds' } },
  async run({ run }, output) {
    const records = findRuns(run, output.note);
    const reports = records.map((record) => runReport(record));
    output.line(reports.map((one) => formatRunReport(one, output)).join('\n\n'));
    if (records.length > 1) output.line(`\n${formatTable(seedTable(records), output)}`);
    output.value(reports);
    return EXIT.ok;
  },
};
