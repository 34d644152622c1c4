// @ts-check
// What the documents say must hold: every manifest or block of a manifest in a README resolves
// against the installed plugins, every experiment, profile, command and file that is named exists.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { summarise } from '../nx/plugin.mjs';
import { PAGES } from './pages.mjs';

const root = resolve(import.meta.dirname, '../..');
const KEYS = [
  'space',
  'data',
  'evaluator',
  'objective',
  'strategy',
  'study',
  'tracker',
  'launcher',
];

/** @param {string} text @param {string} language @returns {string[]} */
export function blocksOf(text, language) {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms');
  return [...text.matchAll(fence)].map(([, body]) => /** @type {string} */ (body));
}

/**
 * Whole manifests from a fragment: what it leaves out is filled with a search by a supernet, or
 * with one by a table, for spaces without networks, or with a mixture, for those without paths.
 * @param {Record<string, any>} fragment
 */
export function completed(fragment) {
  if (fragment.name !== undefined) return [fragment];
  const space = { use: 'nas-bench-201' };
  const supernet = {
    data: { use: 'synthetic' },
    evaluator: { use: 'train' },
    strategy: { use: 'one-shot' },
  };
  const table = { evaluator: { use: 'cost' }, strategy: { use: 'search' } };
  const mixture = { strategy: { use: 'darts' } };
  const fillings = [supernet, table, mixture];
  return fillings.map((rest) => ({ name: 'readme', space, ...rest, ...fragment }));
}

/** @param {string} text @returns {string[]} what is named and does not exist */
export function missingNames(text) {
  const problems = [];
  for (const [, id, profile] of text.matchAll(/nx run experiments:([\w-]+)(?::([\w-]+))?/g)) {
    const file = join(root, 'experiments', id ?? '', 'manifest.yaml');
    if (id === 'my-strategy') continue;
    const [, suite] = /^suite-(.+)$/.exec(id ?? '') ?? [];
    if (suite !== undefined && existsSync(join(root, 'experiments/suites', suite))) continue;
    if (!existsSync(file)) problems.push(`no experiment ${id}`);
    else if (profile !== undefined && !summarise(file).profiles.includes(profile)) {
      problems.push(`experiment ${id} has no profile ${profile}`);
    }
  }
  return problems;
}

/**
 * @param {string} text of a document @param {string} file it
 * @returns {string[]} links to files that are not there; pages elsewhere are not asked
 */
export function brokenLinks(text, file) {
  const prose = text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
    .map(([, target]) => /** @type {string} */ (target))
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => !existsSync(resolve(dirname(join(root, file)), decodeURI(target))))
    .map((target) => `no ${target}, which a link leads to`);
}

/** @returns {string[]} results that the list of results does not name */
function unlistedResults() {
  const folder = join(root, 'docs/results');
  const list = readFileSync(join(folder, 'README.md'), 'utf8');
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !list.includes(`](${entry.name})`))
    .map(({ name }) => `docs/results/README.md: no row for ${name}`);
}

async function main() {
  const { planRun } = await import(join(root, 'packages/runtime/dist/index.js'));
  const cli = join(root, 'packages/cli/dist/bin.js');
  const help = execFileSync(process.execPath, [cli, '--help'], { encoding: 'utf8' });
  const files = globFiles();
  let checked = 0;
  const problems = unlistedResults();
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    const found = [...missingNames(text), ...brokenLinks(text, file)];
    problems.push(...found.map((problem) => `${file}: ${problem}`));
    for (const [, command] of text.matchAll(/`(?:npx )?archer ([a-z]+)[ `]/g)) {
      if (!help.includes(`archer ${command}`)) problems.push(`${file}: no command ${command}`);
    }
    // The manifests of these pages are run.
    if (PAGES.flat().includes(file)) continue;
    for (const block of blocksOf(text, 'yaml')) {
      const fragment = parse(block);
      if (!KEYS.some((key) => Object.hasOwn(Object(fragment), key))) continue;
      const errors = [];
      for (const manifest of completed(fragment)) {
        const error = await planRun({ manifest: await parsed(manifest, file), folder: root }).then(
          () => undefined,
          (/** @type {Error} */ reason) => reason.message,
        );
        if (error !== undefined) errors.push(error);
      }
      if (errors.length < completed(fragment).length) checked += 1;
      else problems.push(`${file}: ${errors.join('\nor: ')}\n${block}`);
    }
  }
  for (const problem of problems) console.error(problem);
  console.log(`${files.length} documents, ${checked} manifests in them resolve`);
  process.exitCode = problems.length > 0 || checked === 0 ? 1 : 0;
}

/** @param {object} manifest @param {string} file */
async function parsed(manifest, file) {
  const { parseManifest } = await import(join(root, 'packages/core/dist/index.js'));
  return parseManifest(JSON.stringify(manifest), file);
}

function globFiles() {
  const listed = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' });
  return listed.trim().split('\n');
}

if (process.argv[1] === import.meta.filename) await main();
