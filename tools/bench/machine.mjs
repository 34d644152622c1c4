// @ts-check
// The machine and what it can do at most.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './contenders.mjs';

export function machine() {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    vectors: vectorExtensions(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    commit: commit(),
    load: loadavg().map((value) => Math.round(100 * value) / 100),
  };
}

/**
 * What tells machines apart whose numbers must not be compared.
 * @param {Record<string, any>} [machine]
 */
export function machineName({ processor, cores, memoryGib, vectors } = {}) {
  return `${processor}, ${cores} cores, ${memoryGib} GiB${vectors ? `, ${vectors}` : ''}`;
}

/** The processor's flags that matter to the kernels. */
function vectorExtensions() {
  try {
    const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
    const known = ['asimd', 'avx2', 'fma', 'avx512f', 'avx512_bf16', 'amx_bf16'];
    return known.filter((name) => flags?.split(/\s+/).includes(name)).join(' ');
  } catch {
    return '';
  }
}

/** What decides the numbers. */
const MEASURED = ['packages', 'plugins', 'package-lock.json'];

/** The last commit that changed them: results that are committed in between change nothing. */
function commit() {
  try {
    const git = (/** @type {string[]} */ ...args) =>
      String(execFileSync('git', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] })).trim();
    const changed = git('status', '--porcelain', '--untracked-files=no', ...MEASURED);
    const last = git('log', '-1', '--format=%h', '--', ...MEASURED);
    return last + (changed === '' ? '' : ' with changes');
  } catch {
    return 'unknown';
  }
}

/**
 * Best f32 GFLOP/s of independent multiply-adds and best GB/s of c = a + b, on all cores; null
 * without a compiler.
 * @param {number} threads
 * @returns {{ gflops: number, gigabytes: number } | null}
 */
export function roofline(threads) {
  const folder = mkdtempSync(join(tmpdir(), 'archer-roofline-'));
  try {
    const program = join(folder, 'roofline');
    const flags = ['-O3', '-march=native', '-ffast-math', '-std=c++17', '-pthread', '-w'];
    const source = join(import.meta.dirname, 'roofline.cc');
    execFileSync(process.env.CXX ?? 'g++', [...flags, source, '-o', program], { stdio: 'ignore' });
    return JSON.parse(String(execFileSync(program, [String(threads)])));
  } catch {
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
