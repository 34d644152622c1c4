import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Plugins are imported as they are published, so `dist` must be what the sources say. */
export default function build(): void {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const plugins = readdirSync(join(root, 'plugins'))
    .map((name) => `plugins/${name}`)
    .filter((folder) => existsSync(join(root, folder, 'tsconfig.json')));
  const packages = ['packages/cli', 'packages/mlflow', 'packages/testkit'];
  const args = ['tsc', '-b', ...packages, ...plugins];
  execFileSync('npx', args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
}
