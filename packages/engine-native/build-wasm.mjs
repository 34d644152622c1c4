// Compiles the kernels to WebAssembly with clang and lld, as `wasm/kernels.wasm`. That file is
// committed, so that the engine `native-wasm` is there without a compiler.
// `node build-wasm.mjs --check` writes nothing and exits 1 where the committed file is another one.
// Other versions of clang give other bytes: the one to use is named in wasm/built-with.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HERE, SOURCES } from './compile.mjs';

const WASM_SOURCES = join(HERE, 'src', 'wasm');
const RESULT = join(HERE, 'wasm', 'kernels.wasm');
const BUILT_WITH = join(HERE, 'wasm', 'built-with');

const CLANG = process.env.ARCHER_CLANG ?? 'clang';
const LLD = process.env.ARCHER_WASM_LD ?? 'wasm-ld';

/** There is no C library: what the kernels need of it is in src/wasm/include. */
const FLAGS = [
  '--target=wasm32-unknown-unknown',
  '-std=c++17',
  '-O3',
  '-ffreestanding',
  '-nostdinc++',
  `-I${join(WASM_SOURCES, 'include')}`,
  '-fno-exceptions',
  '-fno-rtti',
  '-fno-threadsafe-statics',
  '-fvisibility=hidden',
  '-ffp-contract=off',
  '-fno-math-errno',
  '-msimd128',
  '-matomics',
  '-mbulk-memory',
  '-mmutable-globals',
  '-ftls-model=local-exec',
  '-w',
];

const LINK = [
  '--no-entry',
  '--import-memory',
  '--shared-memory',
  '--max-memory=4294967296',
  // Too deep a stack traps instead of writing over data.
  '--stack-first',
  '-z',
  'stack-size=262144',
  '--export=__stack_pointer',
  '--export=__wasm_init_tls',
  '--strip-all',
  '--gc-sections',
  '-O3',
];

const UNITS = [
  [SOURCES, 'isa', ['-DARCHER_TABLE=kBaseline', '-DARCHER_NAME="simd128"']],
  [WASM_SOURCES, 'heap', []],
  [WASM_SOURCES, 'threads', []],
  [WASM_SOURCES, 'module', []],
];

function firstLine(command) {
  return String(execFileSync(command, ['--version'])).split('\n')[0];
}

function build() {
  const work = mkdtempSync(join(tmpdir(), 'archer-wasm-'));
  try {
    const objects = UNITS.map(([folder, name, options]) => {
      const object = join(work, `${name}.o`);
      const args = [...FLAGS, ...options, '-c', join(folder, `${name}.cc`), '-o', object];
      execFileSync(CLANG, args, { stdio: 'inherit' });
      return object;
    });
    const linked = join(work, 'kernels.wasm');
    execFileSync(LLD, [...LINK, ...objects, '-o', linked], { stdio: 'inherit' });
    return readFileSync(linked);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const compiler = `${firstLine(CLANG)}\n${firstLine(LLD)}\n`;
const bytes = build();
if (process.argv.includes('--check')) {
  const same = bytes.equals(readFileSync(RESULT));
  const expected = readFileSync(BUILT_WITH, 'utf8');
  const other =
    compiler === expected ? '' : `\nBuilt here with:\n${compiler}and there with:\n${expected}`;
  console.log(
    `wasm/kernels.wasm is ${same ? '' : 'not '}what its sources give.${same ? '' : other}`,
  );
  process.exitCode = same ? 0 : 1;
} else {
  mkdirSync(join(HERE, 'wasm'), { recursive: true });
  writeFileSync(RESULT, bytes);
  writeFileSync(BUILT_WITH, compiler);
  console.log(`wasm/kernels.wasm: ${bytes.length} bytes`);
}
