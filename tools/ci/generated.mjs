// @ts-check
import { join } from 'node:path';
import { command } from './steps.mjs';

/**
 * `npx nx g ./tools/nx:strategy` on a clone: what it writes must build and pass untouched.
 * @param {string} root @param {string} scratch
 */
export async function generateAndTest(root, scratch) {
  const cwd = join(scratch, 'clone');
  await command('git', ['clone', '--quiet', '--no-hardlinks', root, cwd]);
  await command('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline'], { cwd, quiet: true });
  await command('npx', ['nx', 'g', './tools/nx:strategy', 'my-strategy'], { cwd });
  await command('npx', ['nx', 'run', '@archer-nas/my-strategy:build'], { cwd });
  await command('npx', ['vitest', 'run', '--project', '@archer-nas/my-strategy'], { cwd });
  await command('npx', ['biome', 'ci', 'plugins/my-strategy'], { cwd });
  await command('npx', ['nx', 'run', 'experiments:my-strategy:smoke'], { cwd });
}
