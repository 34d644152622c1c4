// @ts-check
// Runs the commands of a document's `sh` blocks; all must succeed wherever the tests do.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { blocksOf } from './readme.mjs';
import { command } from './steps.mjs';

/** @param {string} file @returns {string[][]} words of each command */
export function commandsOf(file) {
  return blocksOf(readFileSync(file, 'utf8'), 'sh')
    .flatMap((block) => block.trim().split('\n'))
    .map((line) => line.replace(/\s+#.*/, '').split(/\s+/));
}

/** @param {string} file */
export async function runDocumented(file) {
  for (const [name = '', ...args] of commandsOf(file)) {
    console.log(`$ ${name} ${args.join(' ')}`);
    await command(name, args, { quiet: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  await runDocumented(resolve(process.argv[2] ?? 'docs/engines.md'));
}
