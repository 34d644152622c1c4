// Builds the kernels with a program that runs them all on random shapes, under the sanitizers for
// addresses and undefined behaviour and then under the one for threads. Needs g++ or clang++.
// `node sanitize.mjs`; exits 1 when one of them complains.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FLAGS, findCompiler, pathsFor, SOURCES } from './compile.mjs';

const SANITIZERS = [['address,undefined'], ['thread']];

const compiler = findCompiler();
if (!compiler) throw new Error('No C++ compiler (g++ or clang++) is installed.');
const { paths, defines } = pathsFor(compiler);
const work = mkdtempSync(join(tmpdir(), 'archer-sanitize-'));
let failed = false;
try {
  for (const [sanitizer] of SANITIZERS) {
    const options = [...FLAGS, '-O1', '-g', '-DARCHER_EXACT_SCRATCH', `-fsanitize=${sanitizer}`];
    const objects = [];
    const compile = (source, name, more) => {
      const object = join(work, `${name}.o`);
      const args = [...options, ...more, '-c', join(SOURCES, source), '-o', object];
      execFileSync(compiler.command, args, { stdio: 'inherit' });
      objects.push(object);
    };
    const emulated = ['kEmulatedBf16', 'emulated_bf16', ['-DARCHER_BF16']];
    for (const [table, name, flags] of [...paths, emulated]) {
      compile('isa.cc', name, [...flags, `-DARCHER_TABLE=${table}`, `-DARCHER_NAME="${name}"`]);
    }
    for (const name of ['threads', 'dispatch', 'exercise']) compile(`${name}.cc`, name, defines);
    const program = join(work, 'exercise');
    const link = [`-fsanitize=${sanitizer}`, '-pthread', ...objects, '-o', program];
    execFileSync(compiler.command, link, { stdio: 'inherit' });
    const { status } = spawnSync(program, { stdio: 'inherit' });
    console.log(`${sanitizer}: ${status === 0 ? 'clean' : `failed (${status})`}`);
    failed ||= status !== 0;
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
