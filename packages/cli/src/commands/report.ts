import { resolve } from 'node:path';
import { ArcherError, EXIT } from '@archer-nas/core';
import {
  agreementTables,
  EXPECTED_AT_BEGIN,
  formatRunReport,
  formatVerdicts,
  printable,
  runPage,
  runReport,
  seedTable,
  verdicts,
} from '@archer-nas/report';
import { replaceFile, shellQuoted } from '@archer-nas/runtime';
import { foundArchitectures } from '../found-architectures.ts';
import { backgroundOf } from '../page-background.ts';
import { findRuns } from '../run-folders.ts';
import type { Command } from './command.ts';
import { type TableArguments, tableOptions, writeOut } from './tables.ts';

/** `archer report`: what came out of a run. */
export const report: Command<TableArguments & { run: string; html?: string }> = {
  command: 'report <run>',
  describe: 'Show the tables, verdicts and times of a run, finished or not',
  builder: {
    run: { type: 'string', describe: 'Run folder, or the folder of its seeds' },
    html: { type: 'string', describe: 'Write a page with charts to this file instead' },
    ...tableOptions,
  },
  examples: [['report results/quick --html report.html', 'one file that opens offline']],
  async run({ run, html, ...tables }, output) {
    const records = findRuns(run, output.note);
    if (records.length === 1 && (tables.format !== 'text' || tables.csv !== undefined)) {
      throw oneSeed(run);
    }
    const reports = records.map((record) => runReport(record));
    const judged = verdicts(records[0]?.manifest?.expect ?? [], records);
    const seeds = seedTable(records);
    output.value({ runs: reports, verdicts: judged, seeds });
    if (html !== undefined) {
      replaceFile(resolve(html), await runPage(records, await backgroundOf(records, output.note)));
      output.line(printable(html));
      if (tables.csv === undefined) return EXIT.ok;
    }
    const isOne = records.length === 1;
    const texts = reports.map((one) => formatRunReport(one, { ...output, verdicts: isOne }));
    output.line(texts.join('\n\n'));
    if (isOne && judged.length > 0) output.line(EXPECTED_AT_BEGIN);
    if (!isOne) {
      const found = await foundArchitectures(records, output.note);
      const agreement = found === undefined ? [] : agreementTables(found);
      if (judged.length > 0) {
        output.line(`\nover all seeds\n${formatVerdicts(judged, output)}\n${EXPECTED_AT_BEGIN}`);
      }
      output.line();
      writeOut(new Map([['seeds', seeds], ...agreement]), tables, output);
    }
    return EXIT.ok;
  },
};

function oneSeed(run: string): ArcherError {
  return new ArcherError('ARCHER_USAGE', '--format and --csv are of the tables over seeds.', {
    hint: `${run} is of one seed, whose tables are written by: archer export ${shellQuoted(run)} --to csv`,
    exit: EXIT.usage,
  });
}
