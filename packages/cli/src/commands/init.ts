import { writeFile } from 'node:fs/promises';
import { ArcherError, EXIT, type Kind, parseManifest, resolveManifest } from '@archer-nas/core';
import { type Blocks, findFit, problemOf, type Wanted } from '../compatibility.ts';
import { anyArchitecture, rehearsalTable } from '../first-architectures.ts';
import { type Installed, knownId, loadInstalled } from '../installed.ts';
import { draftManifest } from '../manifest-draft.ts';
import type { Command } from './command.ts';

interface InitOptions {
  name: string;
  space?: string;
  strategy: string;
  dataset?: string;
  out: string;
  force: boolean;
}

/** What strategies are shown on that run on it. */
const USUAL_SPACE = 'nas-bench-201';

/** A sample: the truth is a training of each architecture, the whole space is for tables. */
const RANKING = { rank: { architectures: { sample: 20 }, truth: { use: 'train' } } };

/** `archer init`: a commented manifest of parts that fit together. */
export const init: Command<InitOptions> = {
  command: 'init',
  describe: 'Write a commented manifest with only parts that fit together',
  builder: {
    name: { type: 'string', default: 'my-experiment', describe: 'Name of the experiment' },
    space: {
      type: 'string',
      describe: `Search space; ${USUAL_SPACE} otherwise, or one on which the strategy runs`,
    },
    strategy: { type: 'string', default: 'spos', describe: 'Strategy' },
    dataset: { type: 'string', describe: 'Data; one that needs no download otherwise' },
    out: { type: 'string', default: 'manifest.yaml', describe: 'File to write' },
    force: { type: 'boolean', default: false, describe: 'Replace a file that is there' },
  },
  examples: [['init --strategy pa-da --dataset cifar10', 'writes manifest.yaml']],
  async run({ name, strategy, dataset, out, force, ...given }, output) {
    const installed = await loadInstalled(process.cwd());
    checkKnown(installed, { space: given.space, strategy, data: dataset });
    const space = given.space ?? (await usualSpace({ strategy, data: dataset }, installed));
    const chosen = await chooseBlocks({ space, strategy, data: dataset }, installed);
    const blocks = await withFirst(chosen, installed);
    const otherData = await fittingData(blocks, installed);
    const text = draftManifest({ name, file: out, blocks, otherData }, installed.plugins);
    await resolveManifest(parseManifest(text, out), installed.lookup);
    await writeNew(out, text, force);
    output.line(`${out}: ${strategy} on ${space}. Run it: archer run ${out}`);
    output.value({ file: out, ...blocks });
    return EXIT.ok;
  },
};

/** The first space that fits, the usual one before all others; that one where none does. */
async function usualSpace(
  wanted: Omit<Wanted, 'space'>,
  { ids, lookup }: Installed,
): Promise<string> {
  for (const space of new Set([USUAL_SPACE, ...(ids.get('space') ?? [])])) {
    if ((await findFit({ ...wanted, space }, ids, lookup)).fits) return space;
  }
  return USUAL_SPACE;
}

type Named = { readonly [kind in keyof Wanted]: string | undefined };

function checkKnown({ ids }: Installed, wanted: Named): void {
  for (const [kind, id] of Object.entries(wanted) as [Kind, string | undefined][]) {
    if (id !== undefined) knownId(ids, kind, id);
  }
}

/** What has to stand beside strategy and space, and a ranking where the search has scores. */
async function chooseBlocks(wanted: Wanted, installed: Installed): Promise<Blocks> {
  const { strategy, space } = wanted;
  const { ids, lookup } = installed;
  const fit = await findFit(wanted, ids, lookup);
  if (!fit.fits) {
    throw new ArcherError('ARCHER_CAPABILITY', fit.reason, {
      hint: 'archer list --fits shows what fits what.',
      exit: EXIT.manifest,
    });
  }
  const own = { space: { use: space }, strategy: { use: strategy } };
  // Training every architecture takes hours; whoever names data wants that.
  const isTrained = fit.evaluator !== undefined && wanted.data === undefined;
  const evaluator = isTrained ? await rehearsalTable(own, installed) : undefined;
  if (evaluator !== undefined) return { ...own, evaluator };
  const blocks: Blocks = {
    ...own,
    ...(fit.data && { data: { use: fit.data } }),
    ...(fit.evaluator && { evaluator: { use: fit.evaluator } }),
  };
  const ranked: Blocks = { ...blocks, study: [RANKING] };
  return (await problemOf(ranked, lookup)) === undefined ? ranked : blocks;
}

/** With an architecture where the strategy runs those that it is given, and none is no run. */
async function withFirst(blocks: Blocks, { lookup }: Installed): Promise<Blocks> {
  const { strategy } = blocks;
  const { plugin } = await lookup('strategy', strategy.use);
  const { architectures } = plugin.options.parse({}) as { readonly architectures?: unknown };
  if (!Array.isArray(architectures) || architectures.length > 0) return blocks;
  const first = await anyArchitecture(blocks, lookup);
  return { ...blocks, strategy: { ...strategy, architectures: [first] } };
}

/** The data sets that could stand there instead. */
async function fittingData(blocks: Blocks, { ids, lookup }: Installed): Promise<string[]> {
  const others: string[] = [];
  for (const use of ids.get('data') ?? []) {
    if (blocks.data === undefined || use === blocks.data.use) continue;
    if ((await problemOf({ ...blocks, data: { use } }, lookup)) === undefined) others.push(use);
  }
  return others;
}

async function writeNew(file: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new ArcherError('ARCHER_EXISTS', `${file} is there already.`, {
        hint: '--force replaces it, --out names another file.',
        exit: EXIT.usage,
        cause,
      });
    }
    if (code !== 'ENOENT' && code !== 'EISDIR') throw cause;
    const [what, hint] =
      code === 'EISDIR'
        ? ['it is a folder', 'Name a file in it with --out.']
        : ['no such folder', 'Make the folder first.'];
    const message = `${file} cannot be written: ${what}.`;
    throw new ArcherError('ARCHER_USAGE', message, { hint, exit: EXIT.usage, cause });
  }
}
