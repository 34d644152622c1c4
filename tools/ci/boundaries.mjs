// @ts-check
// The arrows between packages point one way (core ← engine ← nn ← plugins; core ← runtime ←
// cli). Reads every import of every source file and names those that point elsewhere.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const SCOPE = '@archer-nas/';
/** What the sources of a package may import; every plugin has the row `plugins`. */
const ALLOWED = {
  core: [],
  engine: ['core'],
  'engine-native': ['core', 'engine'],
  'engine-webgpu': ['core', 'engine'],
  nn: ['core', 'engine'],
  runtime: ['core', 'engine'],
  mlflow: ['core'],
  controller: ['core'],
  tabular: ['core'],
  report: ['core'],
  testkit: ['core'],
  cli: ['core', 'engine', 'report', 'runtime'],
  plugins: ['core', 'nn', 'controller', 'tabular'],
};
/** Tests may also use the kit and start an engine. */
const IN_TESTS = ['core', 'engine', 'nn', 'testkit'];

/** What packages export besides their main entry. */
const ENTRIES = ['package.json', 'nn/options', 'nn/toys', 'testkit/faults'];

/** @param {string} root @returns {string[]} one line per forbidden import */
export function forbiddenImports(root) {
  return ['packages', 'plugins'].flatMap((group) =>
    readdirSync(join(root, group)).flatMap((name) =>
      sources(join(root, group, name, 'src')).flatMap((file) =>
        forbiddenIn(file, { root, group, name }),
      ),
    ),
  );
}

/** @param {string} folder @returns {string[]} */
function sources(folder) {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file));
  } catch {
    return [];
  }
}

/** @param {string} file @param {{ root: string, group: string, name: string }} owner */
function forbiddenIn(file, { root, group, name }) {
  const row = group === 'plugins' ? 'plugins' : name;
  const allowed = /** @type {Record<string, string[]>} */ (ALLOWED)[row] ?? [];
  const also =
    file.endsWith('.test.ts') || /[\\/](testing|fixtures)[\\/]/.test(file) ? IN_TESTS : [];
  const home = join(root, group, name) + sep;
  return importsOf(readFileSync(file, 'utf8'))
    .filter((target) => {
      if (target.startsWith('.')) return !resolve(dirname(file), target).startsWith(home);
      if (!target.startsWith(SCOPE)) return row === 'plugins' && target.startsWith('inversify');
      const [wanted = '', ...deep] = target.slice(SCOPE.length).split('/');
      const isEntry = ENTRIES.some((entry) =>
        [deep.join('/'), `${wanted}/${deep.join('/')}`].includes(entry),
      );
      if (deep.length > 0 && !isEntry) return true;
      return wanted !== name && !allowed.includes(wanted) && !also.includes(wanted);
    })
    .map((target) => `${relative(root, file)} imports ${target}`);
}

/** @param {string} text @returns {string[]} */
function importsOf(text) {
  const code = text.replace(/\/\*.*?\*\//gs, '').replace(/^\s*\/\/.*$/gm, '');
  const pattern = /(?:\bfrom|\bimport|\bimport\s*\()\s*['"]([^'"]+)['"]/g;
  return [...code.matchAll(pattern)].map(([, target]) => /** @type {string} */ (target));
}

if (process.argv[1] === import.meta.filename) {
  const lines = forbiddenImports(resolve(import.meta.dirname, '../..'));
  for (const line of lines) console.error(`forbidden: ${line}`);
  process.exitCode = lines.length > 0 ? 1 : 0;
}
