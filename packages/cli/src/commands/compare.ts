import { EXIT } from '@archer-nas/core';
import { compareRuns, formatComparison } from '@archer-nas/report';
import { findRuns } from '../run-folders.ts';
import type { Command } from './command.ts';

/** `archer compare`: two experiments side by side. */
export const compare: Command<{ a: string; b: string }> = {
  command: 'compare <a> <b>',
  describe: 'Compare two runs, or two experiments over their seeds',
  builder: {
    a: { type: 'string', describe: 'Run folder, or the folder of its seeds' },
    b: { type: 'string', describe: 'The other one' },
  },
  async run({ a, b }, output) {
    const comparison = compareRuns(findRuns(a, output.note), findRuns(b, output.note));
    output.line(formatComparison(comparison, output));
    output.value(comparison);
    return EXIT.ok;
  },
};
