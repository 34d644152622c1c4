import { resolve } from 'node:path';
import { EXIT } from '@archer-nas/core';
import { compareRuns, comparisonPage, formatComparison, printable } from '@archer-nas/report';
import { replaceFile } from '@archer-nas/runtime';
import { backgroundOf } from '../page-background.ts';
import { findRuns } from '../run-folders.ts';
import type { Command } from './command.ts';

/** `archer compare`: two experiments side by side. */
export const compare: Command<{ a: string; b: string; html?: string }> = {
  command: 'compare <a> <b>',
  describe: 'Compare two runs, or two experiments over their seeds',
  builder: {
    a: { type: 'string', describe: 'Run folder, or the folder of its seeds' },
    b: { type: 'string', describe: 'The other one' },
    html: { type: 'string', describe: 'Write a page with charts to this file instead' },
  },
  async run({ a, b, html }, output) {
    const [first, second] = [findRuns(a, output.note), findRuns(b, output.note)];
    const comparison = compareRuns(first, second);
    output.value(comparison);
    if (html === undefined) {
      output.line(formatComparison(comparison, output));
      return EXIT.ok;
    }
    const side = async (records: typeof first) => {
      return { records, background: await backgroundOf(records, output.note) };
    };
    replaceFile(resolve(html), await comparisonPage(await side(first), await side(second)));
    output.line(printable(html));
    return EXIT.ok;
  },
};
