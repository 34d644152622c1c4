import {
  ArcherError,
  type Dependencies,
  EXIT,
  type FetchRequest,
  type Kind,
  type Maker,
  suggestion,
} from '@archer-nas/core';
import { dataFolder } from '@archer-nas/runtime';
import { listDataCache } from '../data-cache.ts';
import { type Installed, loadInstalled } from '../installed.ts';
import type { Output } from '../output.ts';
import type { Command } from './command.ts';

interface DataOptions {
  action: 'fetch' | 'list';
  id?: string;
  data?: string;
  url?: string;
  file?: string;
  sha256?: string;
}

/** `archer data fetch <id>` and `archer data list`. */
export const data: Command<DataOptions> = {
  command: 'data <action> [id]',
  describe: 'Fetch a data set or benchmark table once, or list what is there',
  builder: {
    action: { choices: ['fetch', 'list'], describe: 'What to do' },
    id: { type: 'string', describe: 'For fetch: cifar10, nas-bench-201, …' },
    data: { type: 'string', describe: 'Data folder; ARCHER_DATA or ~/.cache/archer otherwise' },
    url: { type: 'string', describe: 'Fetch from here instead' },
    file: { type: 'string', describe: 'Read this file instead of fetching' },
    sha256: { type: 'string', describe: 'Expected hash of --url or --file' },
  },
  async run({ action, id, data, url, file, sha256 }, output) {
    const folder = dataFolder(data);
    if (action === 'list') {
      const sets = await listDataCache(folder);
      output.line(sets.length === 0 ? `${folder} is empty.` : `${folder}: ${sets.join(', ')}`);
      output.value({ folder, sets });
      return EXIT.ok;
    }
    const maker = await findMaker(await loadInstalled(process.cwd()), id ?? '');
    const source = { ...(url && { url }), ...(file && { file }), ...(sha256 && { sha256 }) };
    const there = await fetchWith(maker, { folder, ...source, log: output.note }, output);
    output.line(there);
    output.value({ id, folder, there });
    return EXIT.ok;
  },
};

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
  const known = [...(ids.get('data') ?? []), ...(ids.get('benchmark') ?? [])];
  throw new ArcherError('ARCHER_NO_PLUGIN', `No data set or benchmark "${id}" is installed.`, {
    hint: suggestion(id, known),
    exit: EXIT.usage,
  });
}

async function fetchWith(maker: Maker, request: FetchRequest, output: Output): Promise<string> {
  if (maker.fetch !== undefined) return maker.fetch(request);
  const options = maker.options.parse({});
  const dependencies = {
    parts: {},
    missing: {},
    purpose: 'study',
    folders: { data: request.folder, manifest: process.cwd() },
    log: output.note,
  };
  const created = await maker.create(options as never, dependencies as unknown as Dependencies);
  return (created as { description?: string }).description ?? maker.summary;
}
