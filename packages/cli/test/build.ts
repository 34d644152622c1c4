import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Plugins are imported as they are published, so `dist` must be what the sources say. */
export default function build(): void {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  execFileSync('npx', ['tsc', '-b', 'packages/cli', ...pluginFolders], {
    cwd: root,
    stdio: 'pipe',
  });
}

const pluginFolders = [
  'bench-nas-bench-201',
  'data-cifar10',
  'data-image-folder',
  'data-synthetic',
  'evolution',
  'one-shot',
  'pa-da',
  'random',
  'rank',
  'space-nas-bench-201',
  'spos',
  'train',
].map((name) => `plugins/${name}`);
