// @ts-check
// Runs after `npm ci`; see .ci/run.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { experimentTarget, summarise } from '../nx/plugin.mjs';
import { generateAndTest } from './generated.mjs';
import { checkPackages, packAll, runOutside } from './packages.mjs';
import { atOnce, command, Steps } from './steps.mjs';
import { webgpuHere } from './webgpu.mjs';

const root = resolve(import.meta.dirname, '../..');
process.chdir(root);
const scratch = await mkdtemp(join(tmpdir(), 'archer-ci-'));
const steps = new Steps();

await steps.run('lock file', () => quiet('npm', ['ci', '--dry-run', '--no-audit', '--no-fund']));
await steps.run('lint', () => quiet('npx', ['biome', 'ci', '--colors=off', '.']));
await steps.run('import boundaries', () => quiet('node', ['tools/ci/boundaries.mjs']));
await steps.run('plugins that no row checks', () => quiet('node', ['tools/ci/rows.mjs']));
await steps.run('no code from input', () => quiet('node', ['tools/ci/dynamic-code.mjs']));
await steps.run('types', () => quiet('npm', ['run', '--silent', 'typecheck']));
await steps.run('build', () =>
  quiet('npx', ['nx', 'run-many', '-t', 'build', '--output-style=static']),
);
await steps.run('schema is up to date', () =>
  quiet('node', [
    'packages/cli/dist/bin.js',
    'schema',
    '--check',
    '--out',
    'schemas/manifest.schema.json',
  ]),
);
const wasm = 'kernels.wasm is what its sources give';
if (hasClangOfWasm()) {
  await steps.run(wasm, () => quiet('node', ['packages/engine-native/build-wasm.mjs', '--check']));
} else {
  steps.skip(wasm, 'the clang and lld of packages/engine-native/wasm/built-with are not installed');
}
await steps.run('CIFAR-10', () =>
  quiet('node', ['packages/cli/dist/bin.js', 'data', 'fetch', 'cifar10']),
);
const server = await mlflowServer();
await steps.run('npm test', () => vitest(server));
await steps.run('reliability scenarios', () =>
  quiet('node', ['tools/ci/scenarios.mjs', '--results', join(scratch, 'vitest.json')]),
);
await steps.run('engine speed', engineSpeed);
const webgpu = webgpuHere(root);
if ('env' in webgpu) {
  const projects = ['--project', '@archer-nas/engine', '--project', '@archer-nas/engine-webgpu'];
  await steps.run('engine webgpu', () => vitest(webgpu.env, [...projects, '-t', 'webgpu']));
} else {
  steps.skip('engine webgpu', webgpu.reason);
}
/** @type {string[]} */
let tarballs = [];
await steps.run('npm pack', async () => {
  tarballs = await packAll(root, scratch);
});
// What needs nothing of each other, the longest first, so that no processor waits at the end.
await atOnce(besides(), ([name, work]) => steps.runBeside(name, work));

await rm(scratch, { recursive: true, force: true });
process.exitCode = steps.close();

/** @param {string} name @param {readonly string[]} args */
async function quiet(name, args) {
  await command(name, args);
}

/** @returns {[name: string, work: () => Promise<string>][]} */
function besides() {
  const silent = { quiet: true };
  /** @param {readonly string[]} args */
  const node =
    (...args) =>
    () =>
      command('node', args, silent);
  const arm = missingForArm();
  if (arm !== undefined) steps.skip('kernels for Arm', arm);
  return [
    ['generated strategy passes its tests', () => generateAndTest(root, scratch)],
    ['mutants turn their scenarios red', node('packages/runtime/tools/mutants.mjs')],
    ...(arm === undefined ? [['kernels for Arm', node('packages/engine-native/arm.mjs')]] : []),
    ['packed plugin outside the repository', () => runOutside(tarballs, scratch)],
    [
      'three strategies are killed and go on',
      node(
        ...['packages/runtime/tools/chaos.mjs', '--kills=9', '--fresh'],
        '--only=^(sampler-regularised-evolution|spos-nb201|pada-nb201)$',
      ),
    ],
    ['pages for newcomers', node('tools/ci/pages.mjs')],
    ...readdirSync('experiments/suites').map((id) => [`experiments:suite-${id}`, () => suite(id)]),
    ['commands of docs/engines.md', node('tools/ci/documented.mjs', 'docs/engines.md')],
    ['README commands', node('tools/ci/readme.mjs')],
    ['publint and attw', () => checkPackages(tarballs)],
    ...experiments()
      .filter(hasSweep)
      .map((id) => [`sweep of ${id}`, () => sweep(id)]),
    ...experiments().map((id) => [`experiments:${id}:smoke`, () => smoke(id)]),
  ];
}

/** Whether the compiler is there that the committed WebAssembly module was built with. */
function hasClangOfWasm() {
  const expected = readFileSync('packages/engine-native/wasm/built-with', 'utf8');
  try {
    const lines = ['clang', 'wasm-ld'].map(
      (name) => String(execFileSync(name, ['--version'])).split('\n')[0],
    );
    return `${lines.join('\n')}\n` === expected;
  } catch {
    return false;
  }
}

/** Fails where the engine is slower than it was on this processor; may have nothing to say. */
async function engineSpeed() {
  const said = await command('node', ['tools/bench/quick.mjs'], { minutes: 5 });
  return /^ok: /m.test(said) ? undefined : { passed: 0, failed: 0, skipped: 1 };
}

/** Why the kernels cannot be compiled for Arm here. */
function missingForArm() {
  const args = ['packages/engine-native/arm.mjs', '--can'];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return status === 0 ? undefined : stdout.trim();
}

/** A real MLflow where pip works; elsewhere its tests are counted as skipped. */
async function mlflowServer() {
  const venv = join(root, '.cache/mlflow-venv');
  /** @type {Record<string, string>} */
  let env = {};
  const install = async () => {
    if (existsSync(join(venv, 'bin/mlflow'))) return;
    await command('python3', ['-m', 'venv', venv]);
    const options = ['--quiet', '--disable-pip-version-check'];
    await command(join(venv, 'bin/pip'), ['install', ...options, 'mlflow==3.17.2']);
  };
  try {
    await install();
    env = { ARCHER_REQUIRE_MLFLOW: '1', ARCHER_MLFLOW_VENV: venv };
  } catch (error) {
    steps.skip('MLflow server', /** @type {Error} */ (error).message);
  }
  return env;
}

/** @param {Record<string, string>} env @param {readonly string[]} [selection] of tests */
async function vitest(env, selection = []) {
  const file = join(scratch, 'vitest.json');
  await rm(file, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  let failure;
  try {
    await command('npm', ['test', '--', ...selection, ...reporters], { env, minutes: 30 });
  } catch (error) {
    failure = error;
  }
  if (!existsSync(file)) throw failure ?? new Error('vitest wrote no result');
  const result = JSON.parse(readFileSync(file, 'utf8'));
  const unloaded = result.testResults.filter(
    (/** @type {any} */ module) =>
      module.status === 'failed' && module.assertionResults.length === 0,
  ).length;
  const failed = result.numFailedTests + unloaded;
  return {
    passed: result.numPassedTests,
    failed: failure && failed === 0 ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
    failures: result.testResults.flatMap(failuresOf),
  };
}

/** @param {any} module a file of vitest's JSON report @returns {string[]} */
function failuresOf({ name, status, message, assertionResults }) {
  const file = relative(root, name);
  const failed = assertionResults.filter((/** @type {any} */ test) => test.status === 'failed');
  if (status === 'failed' && failed.length === 0) return [`${file}\n${message.slice(0, 1000)}`];
  return failed.map(
    (/** @type {any} */ { fullName, failureMessages }) =>
      `${file} › ${fullName}\n${stripVTControlCharacters(failureMessages.join('\n')).slice(0, 1000)}`,
  );
}

function experiments() {
  return readdirSync(join(root, 'experiments'), { withFileTypes: true })
    .filter((entry) => existsSync(join(root, 'experiments', entry.name, 'manifest.yaml')))
    .map((entry) => entry.name);
}

/**
 * What Nx would start, without Nx, which takes longer than most of them; suites go through it.
 * @param {string} id
 */
function smoke(id) {
  const target = experimentTarget(`experiments/${id}/manifest.yaml`, root);
  const profile = target.configurations.smoke;
  if (profile === undefined) throw new Error(`experiment ${id} has no profile smoke`);
  const [name = '', ...args] = `${target.options.command} ${profile.args}`.split(' ');
  return command(name, [...args, '--out', join(scratch, `smoke-${id}`)], { quiet: true });
}

/** @param {string} id */
function hasSweep(id) {
  return /^sweep:/m.test(readFileSync(join(root, 'experiments', id, 'manifest.yaml'), 'utf8'));
}

/** Every point of it, on made-up images. @param {string} id */
function sweep(id) {
  const manifest = join('experiments', id, 'manifest.yaml');
  const args = ['packages/cli/dist/bin.js', 'sweep', manifest, '--profile', 'smoke'];
  return command('node', [...args, '--out', join(scratch, `sweep-${id}`)], { quiet: true });
}

/**
 * With the tables of this machine, where it has any; else every row says that they are missing. A
 * suite that trains, whose manifests have a smoke profile, runs that.
 * @param {string} id
 */
function suite(id) {
  const folder = join(root, 'experiments/suites', id);
  const manifests = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const isTraining = manifests.every((name) =>
    summarise(join(folder, name)).profiles.includes('smoke'),
  );
  const profile = isTraining ? ['--profile', 'smoke'] : [];
  const beside = resolve(root, '../shared/data');
  const tables = process.env.ARCHER_TABLES ?? (existsSync(beside) ? beside : '');
  // Everything is built; Nx would put it into place again, under the feet of what runs beside.
  const built = '--exclude-task-dependencies';
  const args = ['nx', 'run', `experiments:suite-${id}`, built, ...profile];
  const env = { ARCHER_TABLES: tables };
  return command('npx', [...args, '--out', join(scratch, `suite-${id}`)], { env, quiet: true });
}
