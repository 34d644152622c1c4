import { resolve } from 'node:path';
import { ArcherError, EXIT } from '@archer-nas/core';
import {
  agreementTables,
  compareBySeed,
  compareEach,
  comparisonPage,
  distinctNames,
  formatSeveral,
  type Group,
  printable,
  seedComparisonFigures,
  seedComparisonTables,
} from '@archer-nas/report';
import { type RunRecord, replaceFile } from '@archer-nas/runtime';
import { foundArchitectures } from '../found-architectures.ts';
import type { Output } from '../output.ts';
import { backgroundOf } from '../page-background.ts';
import { findRuns } from '../run-folders.ts';
import { writeCharts } from './charts.ts';
import type { Command } from './command.ts';
import { type TableArguments, tableOptions, writeOut } from './tables.ts';

interface Arguments extends TableArguments {
  a: string;
  b: string;
  others?: readonly string[];
  metric?: readonly string[];
  html?: string;
  svg?: string;
}

/** `archer compare`: experiments side by side. */
export const compare: Command<Arguments> = {
  command: 'compare <a> <b> [others..]',
  describe: 'Compare two runs, or experiments over their seeds',
  builder: {
    a: { type: 'string', describe: 'Run folder, or the folder of its seeds' },
    b: { type: 'string', describe: 'The other one' },
    others: {
      type: 'string',
      array: true,
      describe: 'More of them: each is compared with the first',
    },
    metric: {
      type: 'string',
      array: true,
      describe: 'These metrics seed by seed, with paired differences and their course',
    },
    html: { type: 'string', describe: 'Write a page with charts to this file instead' },
    svg: { type: 'string', describe: 'Write charts of the metrics into this folder as well' },
    ...tableOptions,
  },
  examples: [
    [
      'compare darts/results/quick sdarts-rs/results/quick --metric found-c10_test_200',
      'a row per seed, and paired differences',
    ],
  ],
  async run({ a, b, others = [], metric = [], html, svg, ...tables }, output) {
    const paths = [a, b, ...others];
    const sides = paths.map((path) => findRuns(path, output.note));
    if (metric.length > 0) {
      if (html !== undefined) throw pageOfTwo();
      return bySeed(sides, metric, { paths, tables, svg, output });
    }
    if (tables.format !== 'text' || (tables.csv ?? svg) !== undefined) throw noMetric();
    const comparisons = compareEach(sides, paths);
    output.value(others.length === 0 ? comparisons[0] : comparisons);
    if (html === undefined) {
      output.line(formatSeveral(comparisons, output));
      return EXIT.ok;
    }
    const known = [];
    for (const [at, records] of sides.entries()) {
      const background = await backgroundOf(records, output.note);
      known.push({ records, background, path: paths[at] ?? '' });
    }
    replaceFile(resolve(html), await comparisonPage(...known));
    output.line(printable(html));
    return EXIT.ok;
  },
};

/** Where what is compared is from, and where it goes. */
interface Written {
  readonly paths: readonly string[];
  readonly tables: TableArguments;
  readonly svg: string | undefined;
  readonly output: Output;
}

async function bySeed(
  sides: readonly (readonly RunRecord[])[],
  metrics: readonly string[],
  { paths, tables, svg, output }: Written,
): Promise<number> {
  const names = distinctNames(sides.map(nameOf), paths);
  const groups: Group[] = sides.map((runs, at) => ({ name: names[at] ?? '', runs }));
  const comparison = compareBySeed(groups, metrics);
  const all = new Map(seedComparisonTables(comparison));
  for (const [at, side] of sides.entries()) {
    const found = await foundArchitectures(side, output.note);
    const name = groups[at]?.name ?? '';
    for (const [table, content] of found === undefined ? [] : agreementTables(found)) {
      all.set(`${table}-${name}`, { ...content, title: `${name}: ${content.title}` });
    }
  }
  writeOut(all, tables, output);
  if (svg !== undefined) await writeCharts(svg, seedComparisonFigures(comparison), output);
  output.value(comparison);
  return EXIT.ok;
}

/** As the experiment is called; the folder where a run does not know. */
function nameOf([run]: readonly RunRecord[]): string {
  return run?.manifest?.name ?? run?.folder ?? '';
}

function noMetric(): ArcherError {
  return new ArcherError(
    'ARCHER_USAGE',
    '--format, --csv and --svg are for comparisons by --metric.',
    {
      hint: 'Name metrics: --metric found-c10_test_200 max-eigenvalue.',
      exit: EXIT.usage,
    },
  );
}

function pageOfTwo(): ArcherError {
  return new ArcherError('ARCHER_USAGE', '--html is a page of all metrics, not of some.', {
    hint: 'Leave --metric out, or print tables: --format markdown.',
    exit: EXIT.usage,
  });
}
