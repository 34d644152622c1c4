import { ArcherError, EXIT, type Kind, suggestion } from '@archer-nas/core';
import { formatTable, printableLines } from '@archer-nas/report';
import { fitMatrix } from '../compatibility.ts';
import { loadInstalled } from '../installed.ts';
import type { Command } from './command.ts';

/** `archer list`: what is installed, and with `--fits` what runs on what. */
export const list: Command<{ fits: boolean; kind?: string }> = {
  command: 'list',
  describe: 'List the installed plugins, or with --fits which strategy runs on which space',
  builder: {
    fits: { type: 'boolean', default: false, describe: 'The compatibility matrix' },
    kind: { type: 'string', describe: 'Only this kind: space, data, strategy, …' },
  },
  async run({ fits, kind }, output) {
    const installed = await loadInstalled(process.cwd());
    for (const { message } of installed.problems) output.note(`warning: ${message}`);
    const kinds = [...installed.ids.keys()];
    if (kind !== undefined && !kinds.includes(kind as Kind)) {
      const hint = suggestion(kind, kinds);
      throw new ArcherError('ARCHER_USAGE', `No plugin is of the kind "${kind}".`, {
        ...{ hint, exit: EXIT.usage },
      });
    }
    if (fits) {
      const matrix = await fitMatrix(installed.ids, installed.lookup);
      const spaces = installed.ids.get('space') ?? [];
      const misfits = [...matrix].flatMap(([strategy, row]) =>
        [...row].flatMap(([space, fit]) =>
          fit.fits ? [] : [`\n${strategy} on ${space}: ${fit.reason}`],
        ),
      );
      const rows = [...matrix].map(([strategy, row]) => [
        strategy,
        ...spaces.map((space) => (row.get(space)?.fits ? '✓' : '–')),
      ]);
      output.line(formatTable({ columns: ['strategy', ...spaces], rows }, output));
      for (const text of misfits) output.line(printableLines(text));
      output.value(Object.fromEntries([...matrix].map(([s, row]) => [s, Object.fromEntries(row)])));
      return EXIT.ok;
    }
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
