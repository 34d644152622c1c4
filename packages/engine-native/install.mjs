// Compiles the addon when the package is installed. Without a compiler, or when compiling fails,
// it says so in one line and succeeds: the engine `native` is then unavailable and others are
// used. Nothing is downloaded. `node install.mjs --strict` fails instead.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FLAGS, findCompiler, HERE, pathsFor, SOURCES } from './compile.mjs';

const BUILD = join(HERE, 'build');
const ADDON = join(BUILD, 'archer.node');
const STAMP = join(BUILD, 'built-from');

const PLATFORM_LINK = {
  darwin: ['-undefined', 'dynamic_lookup'],
  linux: ['-static-libstdc++', '-static-libgcc'],
};

function say(line) {
  console.log(`@archer-nas/engine-native: ${line}`);
}

/** The folder of node_api.h: from npm's node-api-headers. */
function findHeaders() {
  if (process.env.ARCHER_NODE_API_HEADERS) return process.env.ARCHER_NODE_API_HEADERS;
  const manifest = createRequire(import.meta.url).resolve('node-api-headers/package.json');
  return join(dirname(manifest), 'include');
}

function stampOf(compiler) {
  const hash = createHash('sha256').update(
    [compiler.command, compiler.version, process.arch, process.platform].join(),
  );
  for (const name of ['install.mjs', 'compile.mjs']) hash.update(readFileSync(join(HERE, name)));
  for (const name of readdirSync(SOURCES).sort()) {
    hash.update(name).update(readFileSync(join(SOURCES, name)));
  }
  return hash.digest('hex');
}

function compile(compiler, headers, work) {
  const objects = [];
  const run = (source, name, options) => {
    const object = join(work, `${name}.o`);
    execFileSync(
      compiler.command,
      [...FLAGS, ...options, '-c', join(SOURCES, source), '-o', object],
      { stdio: 'pipe' },
    );
    objects.push(object);
  };
  const { paths, defines } = pathsFor(compiler);
  for (const [table, name, options] of paths) {
    run('isa.cc', `isa-${name}`, [
      ...options,
      `-DARCHER_TABLE=${table}`,
      `-DARCHER_NAME="${name}"`,
    ]);
  }
  run('threads.cc', 'threads', []);
  run('dispatch.cc', 'dispatch', defines);
  run('addon.cc', 'addon', [`-I${headers}`]);
  const addon = join(work, 'archer.node');
  const link = PLATFORM_LINK[process.platform] ?? [];
  execFileSync(compiler.command, ['-shared', '-pthread', ...link, ...objects, '-o', addon], {
    stdio: 'pipe',
  });
  return addon;
}

function install() {
  if (process.platform === 'win32') return 'not built: Windows is not supported yet';
  const compiler = findCompiler();
  if (!compiler) return 'not built: no C++ compiler (g++ or clang++) is installed';
  const stamp = stampOf(compiler);
  if (existsSync(ADDON) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp)
    return undefined;
  const work = join(BUILD, `work-${process.pid}`);
  mkdirSync(work, { recursive: true });
  try {
    const started = Date.now();
    // Renamed last, so that a process that runs the old addon keeps it.
    renameSync(compile(compiler, findHeaders(), work), ADDON);
    writeFileSync(STAMP, stamp);
    say(`built with ${compiler.version} in ${Math.round((Date.now() - started) / 1000)} s`);
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

let problem;
try {
  problem = install();
} catch (error) {
  const output = String(error.stderr || error.message);
  const line = output.split('\n').find((text) => text.includes('error')) ?? output.split('\n')[0];
  problem = `not built: ${line}`;
}
if (problem) {
  say(problem);
  if (process.argv.includes('--strict')) process.exit(1);
}
