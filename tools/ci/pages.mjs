// @ts-check
// Does what the pages for newcomers say: runs the commands of their `sh` blocks and writes the files
// that they show; all commands must succeed wherever the tests do, and all code must type-check.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { atOnce, command } from './steps.mjs';

const root = resolve(import.meta.dirname, '../..');
const NO_SERVER = { MLFLOW_TRACKING_URI: '' };

/** Pages that a newcomer follows. Those of a list go on where the one before has ended. */
export const PAGES = [
  ['docs/own-space.md', 'docs/own-operation.md'],
  ['docs/first-run.md', 'docs/mlflow.md'],
  ['docs/own-data.md'],
  ['docs/own-strategy.md'],
  ['docs/verdicts.md'],
];

/** @typedef {{ run: string } | { file: string, text: string }} Action */

/**
 * What a page has its reader do, in order: run the lines of an `sh` block, or write a file. A block
 * below a line that ends in `` `name`: `` is the file of that name.
 * @param {string} text @returns {Action[]}
 */
export function actionsOf(text) {
  const fence = /(?:`([\w./-]+)`:\n\n)?^```(\w+)\n(.*?)^```/gms;
  return [...text.matchAll(fence)].flatMap(([, file, language, body = '']) => {
    if (file !== undefined) return [{ file, text: body }];
    return language === 'sh' ? [{ run: body }] : [];
  });
}

/**
 * Follows all pages, each list in a folder of its own below this repository, where `npx archer` and
 * the packages are found, with copies of the experiments.
 * @param {readonly (readonly string[])[]} [lists]
 */
export async function followPages(lists = PAGES) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const scratch = mkdtempSync(join(root, '.cache', 'pages-'));
  try {
    await atOnce(lists, async (pages) => {
      const folder = mkdtempSync(join(scratch, 'reader-'));
      copyExperiments(folder);
      let here = folder;
      for (const page of pages) here = await follow(page, here);
    });
    await typeCheck(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Does what a page says; a reader stays where its `cd` leads.
 * @param {string} page @param {string} start @returns {Promise<string>} where it ends
 */
async function follow(page, start) {
  const actions = actionsOf(readFileSync(join(root, page), 'utf8'));
  if (actions.length === 0) throw new Error(`${page} has nothing to do`);
  const place = join(start, '.place');
  let here = start;
  for (const action of actions) {
    if ('file' in action) {
      const file = join(here, action.file);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, action.text);
      continue;
    }
    const script = `set -e\n${action.run}\npwd > ${place}`;
    console.log(`${page}:\n${action.run.trimEnd()}`);
    await command('bash', ['-c', script], { cwd: here, env: NO_SERVER, quiet: true });
    here = readFileSync(place, 'utf8').trim();
  }
  return here;
}

/** @param {string} folder */
function copyExperiments(folder) {
  for (const name of readdirSync(join(root, 'experiments'))) {
    const manifest = join('experiments', name, 'manifest.yaml');
    if (existsSync(join(root, manifest))) cpSync(join(root, manifest), join(folder, manifest));
  }
}

/** All JavaScript of the pages against the packages' types. @param {string} scratch */
async function typeCheck(scratch) {
  const files = readdirSync(scratch, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.m?js$/.test(name) && !name.includes('node_modules'))
    .map((name) => join(scratch, name));
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--checkJs',
    '--skipLibCheck',
    '--target',
    'es2022',
  ];
  const modules = ['--strict', 'false', '--module', 'nodenext', '--types', 'node'];
  await command('npx', ['tsc', ...options, ...modules, ...files], { quiet: true });
  console.log(`${files.length} files of code type-check`);
}

if (process.argv[1] === import.meta.filename) await followPages();
