import { ArcherError, EXIT, type Kind, suggestion } from '@archer-nas/core';
import { formatTable, printableLines } from '@archer-nas/report';
import { fitMatrix } from '../compatibility.ts';
import { type Installed, knownId, loadInstalled } from '../installed.ts';
import type { Output } from '../output.ts';
import type { Command } from './command.ts';

interface ListOptions {
  fits: boolean;
  kind?: string;
  strategy?: string;
  space?: string;
}

/** `archer list`: what is installed, and with `--fits` what runs on what. */
export const list: Command<ListOptions> = {
  command: 'list',
  describe: 'List the installed plugins, or with --fits which strategy runs on which space',
  builder: {
    fits: { type: 'boolean', default: false, describe: 'The compatibility matrix' },
    kind: { type: 'string', describe: 'Only this kind: space, data, strategy, …' },
    strategy: { type: 'string', describe: 'With --fits: only this one, with what is in its way' },
    space: { type: 'string', describe: 'The same of a space' },
  },
  examples: [['list --fits --strategy darts', 'on which spaces, and why not on others']],
  async run({ fits, kind, strategy, space }, output) {
    const installed = await loadInstalled(process.cwd());
    for (const { message } of installed.problems) output.note(`warning: ${message}`);
    checkKind(kind, [...installed.ids.keys()]);
    if (fits) return listFits(installed, { strategy, space }, output);
    if (strategy !== undefined || space !== undefined) throw withoutFits();
    const shown = installed.entries.filter((entry) => kind === undefined || entry.kind === kind);
    const rows = shown.map(({ kind, id, package: name, version, summary }) => [
      kind,
      id,
      summary,
      `${name}@${version}`,
    ]);
    output.line(formatTable({ columns: ['kind', 'id', 'what', 'package'], rows }, output));
    output.value(shown);
    return EXIT.ok;
  },
};

/** The matrix; of one row or column also why what does not fit does not. */
async function listFits(
  { ids, lookup }: Installed,
  only: { readonly strategy: string | undefined; readonly space: string | undefined },
  output: Output,
): Promise<number> {
  const wanted = new Map(ids);
  for (const [kind, id] of Object.entries(only) as [Kind, string | undefined][]) {
    if (id !== undefined) wanted.set(kind, [knownId(ids, kind, id)]);
  }
  const matrix = await fitMatrix(wanted, lookup);
  const spaces = wanted.get('space') ?? [];
  const rows = [...matrix].map(([strategy, row]) => [
    strategy,
    ...spaces.map((space) => (row.get(space)?.fits ? '✓' : '–')),
  ]);
  output.line(formatTable({ columns: ['strategy', ...spaces], rows }, output));
  output.value(Object.fromEntries([...matrix].map(([s, row]) => [s, Object.fromEntries(row)])));
  if (only.strategy === undefined && only.space === undefined) {
    output.line('\nWhat is in the way: archer list --fits --strategy NAME, or --space NAME');
    return EXIT.ok;
  }
  for (const [strategy, row] of matrix) {
    for (const [space, fit] of row) {
      if (!fit.fits) output.line(printableLines(`\n${strategy} on ${space}: ${fit.reason}`));
    }
  }
  return EXIT.ok;
}

function checkKind(kind: string | undefined, kinds: readonly Kind[]): void {
  if (kind === undefined || kinds.includes(kind as Kind)) return;
  throw new ArcherError('ARCHER_USAGE', `No plugin is of the kind "${kind}".`, {
    ...{ hint: suggestion(kind, kinds), exit: EXIT.usage },
  });
}

function withoutFits(): ArcherError {
  return new ArcherError('ARCHER_USAGE', '--strategy and --space are for --fits.', {
    hint: 'archer list --fits --strategy darts',
    exit: EXIT.usage,
  });
}
