// @ts-check
import { spawn } from 'node:child_process';

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {{ name: string, counts: Counts, seconds: number }} StepResult
 */

/**
 * Runs a command with its output shown, and rejects when it fails or takes too long.
 * @param {string} command @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, minutes?: number, quiet?: boolean }} [options]
 * @returns {Promise<string>} what it printed on standard output
 */
export function command(command, args, { cwd, env, minutes = 20, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const timeout = minutes * 60_000;
    const child = spawn(command, args, {
      cwd: cwd ?? process.cwd(),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout,
    });
    let output = '';
    child.stdout.on('data', (/** @type {Buffer} */ chunk) => {
      output += chunk;
      if (!quiet) process.stdout.write(chunk);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ${args.join(' ')}: ${signal ?? `exit code ${code}`}`));
    });
  });
}

/** Named steps, each counted as one test or with the counts that it returns. */
export class Steps {
  /** @type {StepResult[]} */
  results = [];

  /** @param {string} name @param {() => Promise<Counts | void>} work */
  async run(name, work) {
    const start = process.hrtime.bigint();
    process.stdout.write(`\n── ${name}\n`);
    /** @type {Counts} */
    let counts;
    try {
      counts = (await work()) ?? { passed: 1, failed: 0, skipped: 0 };
    } catch (error) {
      process.stdout.write(`${/** @type {Error} */ (error).message}\n`);
      counts = { passed: 0, failed: 1, skipped: 0 };
    }
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    this.results.push({ name, counts, seconds });
  }

  /** @param {string} name @param {string} why */
  skip(name, why) {
    process.stdout.write(`\n── ${name}: skipped, ${why}\n`);
    this.results.push({ name, counts: { passed: 0, failed: 0, skipped: 1 }, seconds: 0 });
  }

  /** Prints what took how long and the closing line. @returns {number} the exit code */
  close() {
    const total = { passed: 0, failed: 0, skipped: 0 };
    process.stdout.write('\n');
    for (const { name, counts, seconds } of this.results) {
      const verdict = counts.failed > 0 ? 'FAILED' : counts.passed > 0 ? 'ok' : 'skipped';
      process.stdout.write(`${seconds.toFixed(1).padStart(8)} s  ${verdict.padEnd(8)} ${name}\n`);
      total.passed += counts.passed;
      total.failed += counts.failed;
      total.skipped += counts.skipped;
    }
    const { passed, failed, skipped } = total;
    process.stdout.write(`\nTests: ${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    return failed > 0 ? 1 : 0;
  }
}
