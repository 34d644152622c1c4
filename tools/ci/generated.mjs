// @ts-check
import { join } from 'node:path';
import { command } from './steps.mjs';

/**
 * `npx nx g ./tools/nx:strategy` on a clone: what it writes must build and pass untouched.
 * @param {string} root @param {string} scratch
 * @returns {Promise<string>} what was printed
 */
export async function generateAndTest(root, scratch) {
  const cwd = join(scratch, 'clone');
  const run = (/** @type {string[]} */ ...words) => command('npx', words, { cwd, quiet: true });
  await command('git', ['clone', '--quiet', '--no-hardlinks', root, cwd]);
  await command('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline'], { cwd, quiet: true });
  return [
    await run('nx', 'g', './tools/nx:strategy', 'my-strategy'),
    await run('nx', 'run', '@archer-nas/my-strategy:build'),
    await run('vitest', 'run', '--project', '@archer-nas/my-strategy'),
    await run('biome', 'ci', 'plugins/my-strategy'),
    await run('nx', 'run', 'experiments:my-strategy:smoke'),
  ].join('\n');
}
