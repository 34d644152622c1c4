import {
  ArcherError,
  type Dependencies,
  EXIT,
  type FetchRequest,
  type Kind,
  type Maker,
  suggestion,
} from '@archer-nas/core';
import { printable, printableLines } from '@archer-nas/report';
import { dataFolder } from '@archer-nas/runtime';
import { listDataCache } from '../data-cache.ts';
import { type Installed, loadInstalled } from '../installed.ts';
import type { Output } from '../output.ts';
import type { Command } from './command.ts';

interface DataOptions {
  action: string;
  id?: string;
  data?: string;
  url?: string;
  file?: string;
  sha256?: string;
}

/** `archer data fetch <id>`, `archer data import <id> --file FILE` and `archer data list`. */
export const data: Command<DataOptions> = {
  command: 'data <action> [id]',
  describe: 'Fetch or import a data set or benchmark table once, or list what is there',
  builder: {
    action: { type: 'string', describe: 'fetch, import or list' },
    id: { type: 'string', describe: 'Of what: cifar10, nas-bench-201, …' },
    data: { type: 'string', describe: 'Data folder; ARCHER_DATA or ~/.cache/archer otherwise' },
    url: { type: 'string', describe: 'Fetch from here instead' },
    file: { type: 'string', describe: 'Read this file: instead of fetching, or to import' },
    sha256: { type: 'string', describe: 'Expected hash of --url or --file' },
  },
  examples: [
    ['data fetch nas-bench-201 --file nb201.csv', 'a known table that is there already'],
    ['data import nats-size --file mine.csv', 'a table of your own: checked, then put in place'],
  ],
  async run({ action, id, data, url, file, sha256 }, output) {
    if (!ACTIONS.includes(action)) {
      throw wrong(`archer data has no action "${action}".`, suggestion(action, ACTIONS));
    }
    const folder = dataFolder(data);
    if (action === 'list') {
      const sets = await listDataCache(folder);
      const there = sets.length === 0 ? `${folder} is empty.` : `${folder}: ${sets.join(', ')}`;
      output.line(printable(there));
      output.value({ folder, sets });
      return EXIT.ok;
    }
    if (id === undefined) {
      const what = action === 'fetch' ? 'Fetch' : 'Import';
      throw wrong(`${what} what?`, `archer data ${action} nas-bench-201`);
    }
    const maker = await findMaker(await loadInstalled(process.cwd()), id);
    const source = { ...(url && { url }), ...(file && { file }), ...(sha256 && { sha256 }) };
    const request = { folder, ...source, log: output.note };
    const there =
      action === 'import'
        ? await importWith(maker, request)
        : await fetchWith(maker, request, output);
    output.line(printableLines(there));
    output.value({ id, folder, there });
    return EXIT.ok;
  },
};

const ACTIONS: readonly string[] = ['fetch', 'import', 'list'];

function wrong(message: string, hint: string, code: `ARCHER_${string}` = 'ARCHER_USAGE') {
  return new ArcherError(code, message, { hint, exit: EXIT.usage });
}

/** A table is named by its benchmark: `nas-bench-201` finds `bench-nas-bench-201`. */
async function findMaker({ ids, lookup }: Installed, id: string): Promise<Maker> {
  const places: [Kind, string][] = [
    ['data', id],
    ['benchmark', id],
    ['benchmark', `bench-${id}`],
  ];
  for (const [kind, name] of places) {
    if (ids.get(kind)?.includes(name)) return (await lookup(kind, name)).plugin as Maker;
  }
  const tables = (ids.get('benchmark') ?? []).map((name) => name.replace(/^bench-/, ''));
  const known = [...(ids.get('data') ?? []), ...tables];
  const hint = suggestion(id, known);
  throw wrong(`No data set or benchmark "${id}" is installed.`, hint, 'ARCHER_NO_PLUGIN');
}

async function importWith(maker: Maker, { file, url, ...request }: FetchRequest): Promise<string> {
  if (maker.import === undefined) {
    throw wrong(`${maker.id} imports nothing.`, `archer data fetch ${maker.id} brings its own.`);
  }
  if (file === undefined || url !== undefined) {
    throw wrong(
      'An import is of a file on this machine.',
      `archer data import ${maker.id} --file FILE`,
    );
  }
  return maker.import({ file, ...request });
}

async function fetchWith(maker: Maker, request: FetchRequest, output: Output): Promise<string> {
  if (maker.fetch !== undefined) return maker.fetch(request);
  if (request.url ?? request.file ?? request.sha256) {
    const hint = `archer data fetch ${maker.id} takes its own.`;
    throw wrong(`${maker.id} reads no other --url, --file or --sha256.`, hint);
  }
  const { success, data: options } = maker.options.safeParse({});
  if (!success) throw wrong(`${maker.id} has nothing to fetch.`, 'Its images are your own.');
  const dependencies = {
    parts: {},
    missing: {},
    names: {},
    purpose: 'study',
    folders: { data: request.folder, manifest: process.cwd() },
    log: output.note,
  };
  const created = await maker.create(options as never, dependencies as unknown as Dependencies);
  return (created as { description?: string }).description ?? maker.summary;
}
