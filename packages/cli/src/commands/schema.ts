import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ArcherError, EXIT, manifestJsonSchema } from '@archer-nas/core';
import { replaceFile } from '@archer-nas/runtime';
import { loadInstalled } from '../installed.ts';
import type { Command } from './command.ts';

/** `archer schema`: the JSON Schema that gives editors completion. */
export const schema: Command<{ out?: string; check: boolean }> = {
  command: 'schema',
  describe: 'Write the JSON Schema of manifests over the installed plugins',
  builder: {
    out: { type: 'string', describe: 'File to write; standard output otherwise' },
    check: { type: 'boolean', default: false, describe: 'Fail when --out is not up to date' },
  },
  async run({ out, check }, output) {
    if (check && out === undefined) {
      throw new ArcherError('ARCHER_USAGE', '--check compares with a file.', {
        hint: 'archer schema --check --out schemas/manifest.schema.json',
        exit: EXIT.usage,
      });
    }
    const { plugins, problems } = await loadInstalled(process.cwd());
    for (const problem of problems) throw problem;
    const text = `${JSON.stringify(manifestJsonSchema(plugins), null, 2)}\n`;
    if (out === undefined) process.stdout.write(text);
    else if (!check) replaceFile(resolve(out), text);
    else if ((await readFile(out, 'utf8').catch(() => '')) !== text) {
      throw new ArcherError('ARCHER_SCHEMA', `${out} is not what the installed plugins give.`, {
        hint: `archer schema --out ${out}`,
        exit: EXIT.failed,
      });
    }
    if (out === undefined) return EXIT.ok;
    output.line(`${out}: ${plugins.length} plugins`);
    output.value({ file: out, plugins: plugins.length });
    return EXIT.ok;
  },
};
