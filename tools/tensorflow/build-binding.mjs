// @ts-check
// Builds @tensorflow/tfjs-node against the TensorFlow of a Python wheel, for machines that reach
// the npm registry and PyPI but not the server of its own download. See README.md.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const TFJS_NODE = '4.22.0';
/** What a binding for tfjs-node is named by: the newest Node-API version that 4.22.0 lists. */
const NODE_API = 8;
const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

const { values: options } = parseArgs({
  options: {
    tensorflow: { type: 'string', default: '2.15.1' },
    wheel: { type: 'string', default: 'tensorflow-cpu' },
    to: { type: 'string', default: join(ROOT, '.cache', 'tensorflow') },
  },
});

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error('This recipe was written for Linux on x64; the wheels of others differ.');
  process.exit(1);
}
const folder = resolve(options.to);
const tfjsNode = join(folder, 'node_modules', '@tensorflow', 'tfjs-node');
const wheel = downloadWheel(join(folder, 'wheel'));
installPackage();
shareTfjs();
extract(wheel);
compile();
rmSync(join(folder, 'wheel'), { recursive: true });
console.log(`TensorFlow ${version()} is ready:\n  export ARCHER_TFJS_NODE=${tfjsNode}`);

/** The wheel itself, for any Python: nothing in it is run by Python. @param {string} into */
function downloadWheel(into) {
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  const platforms = ['manylinux_2_27_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64'];
  run('python3', [
    ...['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:'],
    ...['--python-version', '3.11', ...platforms.flatMap((name) => ['--platform', name])],
    ...['--dest', into, `${options.wheel}==${options.tensorflow}`],
  ]);
  const [file] = readdirSync(into);
  if (file === undefined) throw new Error(`pip left no wheel in ${into}.`);
  return join(into, file);
}

/** tfjs-node and what it requires, without the step that would download a binding. */
function installPackage() {
  // A link of an earlier run must not lead npm into the copy of tfjs that it points to.
  rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  run('npm', ['install', '--prefix', folder, ...quiet, `@tensorflow/tfjs-node@${TFJS_NODE}`]);
}

/** One copy of tfjs per process: tfjs-node gets the engine's instead of its own. */
function shareTfjs() {
  const engine = createRequire(join(ROOT, 'packages', 'engine', 'package.json'));
  const tfjs = createRequire(engine.resolve('@tensorflow/tfjs/package.json'));
  const scope = join(folder, 'node_modules', '@tensorflow');
  for (const name of readdirSync(scope).filter((name) => name !== 'tfjs-node')) {
    const own = name === 'tfjs' ? './package.json' : `@tensorflow/${name}/package.json`;
    rmSync(join(scope, name), { recursive: true });
    symlinkSync(dirname(tfjs.resolve(own)), join(scope, name));
  }
}

/** Libraries to deps/lib, headers to deps/include: where tfjs-node's own build has them. */
function extract(/** @type {string} */ wheel) {
  const deps = join(tfjsNode, 'deps');
  rmSync(deps, { recursive: true, force: true });
  const program = `
import os, sys, zipfile
wheel, deps, libraries = sys.argv[1], sys.argv[2], sys.argv[3:]
def copy(archive, name, target):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with archive.open(name) as source, open(target, 'wb') as out:
        while chunk := source.read(1 << 22): out.write(chunk)
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.startswith('tensorflow/include/') and name.endswith('.h'):
            copy(archive, name, deps + name[len('tensorflow'):])
    for name in libraries:
        copy(archive, 'tensorflow/' + name, os.path.join(deps, 'lib', name))
`;
  run('python3', ['-c', program, wheel, deps, ...LIBRARIES]);
}

function compile() {
  const engineNative = createRequire(join(ROOT, 'packages', 'engine-native', 'package.json'));
  const nodeApi = dirname(engineNative.resolve('node-api-headers/package.json'));
  const output = join(tfjsNode, 'lib', `napi-v${NODE_API}`);
  mkdirSync(output, { recursive: true });
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'];
  run(process.env.CXX ?? 'g++', [
    ...['-std=c++17', '-O2', '-shared', '-fPIC', `-DNAPI_VERSION=${NODE_API}`],
    ...[join(nodeApi, 'include'), join(tfjsNode, 'deps', 'include')].map((path) => `-I${path}`),
    ...sources.map((name) => join(tfjsNode, 'binding', name)),
    ...['-o', join(output, 'tfjs_binding.node'), `-L${join(tfjsNode, 'deps', 'lib')}`],
    ...LIBRARIES.map((name) => `-l:${name}`),
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ]);
}

/** Loads the binding in a process of its own; the version that it says it was linked with. */
function version() {
  const binding = join(tfjsNode, 'lib', `napi-v${NODE_API}`, 'tfjs_binding.node');
  if (!existsSync(binding)) throw new Error(`${binding} was not built.`);
  const program = `console.log(require(${JSON.stringify(binding)}).TF_Version)`;
  const environment = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '1' };
  return String(execFileSync(process.execPath, ['-e', program], { env: environment })).trim();
}

/** @param {string} command @param {string[]} args */
function run(command, args) {
  execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], cwd: folder });
}
