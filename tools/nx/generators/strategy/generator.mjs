// @ts-check
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import devkit from '@nx/devkit'; // CommonJS: no named exports

const { generateFiles, installPackagesTask, names, readJson, updateJson } = devkit;
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * Writes `plugins/<name>` and `experiments/<name>`, and links the package.
 * @param {import('@nx/devkit').Tree} tree @param {{ name: string }} options
 */
export default async function strategyGenerator(tree, { name }) {
  if (!NAME.test(name)) {
    throw new Error(`"${name}": a strategy's id has lower-case letters, digits, single hyphens.`);
  }
  const plugin = `plugins/${name}`;
  const experiment = `experiments/${name}`;
  for (const folder of [plugin, experiment]) {
    if (tree.exists(folder)) throw new Error(`${folder} is there already; choose another name.`);
  }
  const { propertyName, className } = names(name);
  const core = readJson(tree, 'packages/core/package.json').version;
  const values = { name, propertyName, className, core, tmpl: '' };
  const files = join(import.meta.dirname, 'files');
  generateFiles(tree, join(files, 'plugin'), plugin, values);
  generateFiles(tree, join(files, 'experiment'), experiment, values);
  updateJson(tree, 'tsconfig.json', (config) => ({
    ...config,
    references: [...config.references, { path: plugin }],
  }));
  updateJson(tree, 'experiments/package.json', (manifest) => ({
    ...manifest,
    dependencies: { ...manifest.dependencies, [`@archer-nas/${name}`]: '*' },
  }));
  return () => {
    installPackagesTask(tree, true);
    // Line breaks depend on the length of the name.
    const paths = [plugin, 'tsconfig.json', 'experiments/package.json'];
    execFileSync('npx', ['biome', 'check', '--write', ...paths], { cwd: tree.root });
    // The golden trace has the strategy's name in it: it is written by its test.
    const test = ['vitest', 'run', `${plugin}/src/conformance.test.ts`, '-u'];
    execFileSync('npx', test, { cwd: tree.root, stdio: 'inherit' });
  };
}
