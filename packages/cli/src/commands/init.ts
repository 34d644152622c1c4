import { writeFile } from 'node:fs/promises';
import { ArcherError, EXIT, type Kind, suggestion } from '@archer-nas/core';
import { findFit } from '../compatibility.ts';
import { loadInstalled } from '../installed.ts';
import { draftManifest } from '../manifest-draft.ts';
import type { Command } from './command.ts';

interface InitOptions {
  name: string;
  space: string;
  strategy: string;
  out: string;
  force: boolean;
}

/** `archer init`: a commented manifest of parts that fit together. */
export const init: Command<InitOptions> = {
  command: 'init',
  describe: 'Write a commented manifest with only parts that fit together',
  builder: {
    name: { type: 'string', default: 'my-experiment', describe: 'Name of the experiment' },
    space: { type: 'string', default: 'nas-bench-201', describe: 'Search space' },
    strategy: { type: 'string', default: 'spos', describe: 'Strategy' },
    out: { type: 'string', default: 'manifest.yaml', describe: 'File to write' },
    force: { type: 'boolean', default: false, describe: 'Replace a file that is there' },
  },
  async run({ name, space, strategy, out, force }, output) {
    const { ids, lookup, plugins } = await loadInstalled(process.cwd());
    for (const [kind, id] of [
      ['space', space],
      ['strategy', strategy],
    ] as [Kind, string][]) {
      const known = ids.get(kind) ?? [];
      if (!known.includes(id)) throw unknown(kind, id, known);
    }
    const fit = await findFit(strategy, space, ids, lookup);
    if (!fit.fits) {
      throw new ArcherError('ARCHER_CAPABILITY', fit.reason, {
        hint: 'archer list --fits shows what fits what.',
        exit: EXIT.manifest,
      });
    }
    const { fits: _, ...beside } = fit;
    const text = draftManifest(
      { name, blocks: { space, strategy, ...beside }, studies: [] },
      plugins,
    );
    await writeNew(out, text, force);
    output.line(`${out}: ${strategy} on ${space}. Run it: archer run ${out}`);
    output.value({ file: out, space, strategy, ...beside });
    return EXIT.ok;
  },
};

async function writeNew(file: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new ArcherError('ARCHER_EXISTS', `${file} is there already.`, {
      hint: '--force replaces it, --out names another file.',
      exit: EXIT.usage,
      cause,
    });
  }
}

function unknown(kind: Kind, id: string, known: readonly string[]): ArcherError {
  return new ArcherError('ARCHER_NO_PLUGIN', `No ${kind} "${id}" is installed.`, {
    hint: suggestion(id, known),
    exit: EXIT.usage,
  });
}
