// Compiles the addon and the program of `sanitize.mjs` for 64-bit Arm with a cross compiler, and runs
// the program where an emulator is there: every kernel on random shapes, same bits for every number
// of threads. `node arm.mjs`; `node arm.mjs --can` says what is missing and exits 1 when the compiler
// is.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FLAGS, PATHS, SOURCES } from './compile.mjs';

const COMPILER = 'aarch64-linux-gnu-g++';
const EMULATORS = ['qemu-aarch64', 'qemu-aarch64-static'];

/** Whether a program is there and answers. */
const answers = (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0;

const emulator = EMULATORS.find(answers);
if (!answers(COMPILER)) {
  console.log(`${COMPILER} is not installed`);
  process.exit(1);
}
if (process.argv.includes('--can')) {
  console.log(emulator ?? 'no emulator: it is compiled and not run');
  process.exit(0);
}

const work = mkdtempSync(join(tmpdir(), 'archer-arm-'));
try {
  const compile = (source, name, options = []) => {
    const object = join(work, `${name}.o`);
    const args = [...FLAGS, ...options, '-c', join(SOURCES, source), '-o', object];
    execFileSync(COMPILER, args, { stdio: 'inherit' });
    return object;
  };
  const kernelsOf = ([table, name, flags]) => {
    return compile('isa.cc', name, [
      ...flags,
      `-DARCHER_TABLE=${table}`,
      `-DARCHER_NAME="${name}"`,
    ]);
  };
  const kernels = PATHS.arm64.map(kernelsOf);
  const shared = [...kernels, compile('threads.cc', 'threads'), compile('dispatch.cc', 'dispatch')];
  const headers = createRequire(import.meta.url).resolve('node-api-headers/package.json');
  const addon = compile('addon.cc', 'addon', [`-I${join(dirname(headers), 'include')}`]);
  const link = ['-shared', '-pthread', ...shared, addon, '-o', join(work, 'archer.node')];
  execFileSync(COMPILER, link, { stdio: 'inherit' });
  console.log('neon: the addon compiles');
  if (emulator) {
    const program = join(work, 'exercise');
    const bf16 = kernelsOf(['kEmulatedBf16', 'emulated_bf16', ['-DARCHER_BF16']]);
    const objects = [...shared, bf16, compile('exercise.cc', 'exercise')];
    execFileSync(COMPILER, ['-static', '-pthread', ...objects, '-o', program], {
      stdio: 'inherit',
    });
    const { status } = spawnSync(emulator, [program], { stdio: 'inherit' });
    console.log(`neon under ${emulator}: ${status === 0 ? 'same bits' : `failed (${status})`}`);
    if (status !== 0) process.exitCode = 1;
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
