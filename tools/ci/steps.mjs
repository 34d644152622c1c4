// @ts-check
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { stripVTControlCharacters } from 'node:util';

/**
 * @typedef {{ passed: number, failed: number, skipped: number, failures?: readonly string[] }} Counts
 * @typedef {{ name: string, counts: Counts, seconds: number }} StepResult
 */

/**
 * Runs a command and rejects when it fails or takes too long. Its output is shown as it comes, of a
 * quiet one only on failure.
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
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
    });
    let output = '';
    let last = '';
    /** @param {Buffer} chunk */
    const remember = (chunk) => {
      last = `${last}${chunk}`.slice(-2000);
    };
    child.stdout.on('data', (/** @type {Buffer} */ chunk) => {
      output += chunk;
      remember(chunk);
      if (!quiet) process.stdout.write(chunk);
    });
    child.stderr.on('data', (/** @type {Buffer} */ chunk) => {
      remember(chunk);
      process.stderr.write(chunk);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      const failure = `${command} ${args.join(' ')}: ${signal ?? `exit code ${code}`}`;
      reject(new Error(quiet ? `${output}\n${failure}` : failure, { cause: last }));
    });
  });
}

/**
 * Does the same to all of a list, as many at a time as there are processors; rejects with the first
 * failure, once all has ended.
 * @template T @param {readonly T[]} items @param {(item: T) => Promise<void>} work
 */
export async function atOnce(items, work) {
  const rest = [...items];
  const lane = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  const lanes = await Promise.allSettled(Array.from({ length: availableParallelism() }, lane));
  const failed = lanes.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/** Named steps, each counted as one test or with the counts that it returns. */
export class Steps {
  /** @type {StepResult[]} */
  results = [];

  /** @param {string} name @param {() => Promise<Counts | void>} work */
  async run(name, work) {
    process.stdout.write(`\n── ${name}\n`);
    const said = await this.#count(name, work);
    process.stdout.write(said);
  }

  /**
   * One of several steps at a time: prints what it says in one piece, when it is done.
   * @param {string} name @param {() => Promise<string>} work gives what to print
   */
  async runBeside(name, work) {
    let output = '';
    const said = await this.#count(name, async () => {
      output = await work();
    });
    process.stdout.write(`\n── ${name}\n${output}${said}`);
  }

  /**
   * @param {string} name @param {() => Promise<Counts | void>} work
   * @returns {Promise<string>} what went wrong
   */
  async #count(name, work) {
    const start = process.hrtime.bigint();
    /** @type {Counts} */
    let counts;
    let said = '';
    try {
      const found = await work();
      // What a command has printed is no count, whatever its types allow.
      counts = typeof found === 'object' ? found : { passed: 1, failed: 0, skipped: 0 };
    } catch (error) {
      const { message, cause } = /** @type {Error} */ (error);
      said = `${message}\n`;
      const why = stripVTControlCharacters(`${cause ?? ''}\n${message}`);
      counts = { passed: 0, failed: 1, skipped: 0, failures: [why.slice(-2000)] };
    }
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    this.results.push({ name, counts, seconds });
    return said;
  }

  /** @param {string} name @param {string} why */
  skip(name, why) {
    process.stdout.write(`\n── ${name}: skipped, ${why}\n`);
    this.results.push({ name, counts: { passed: 0, failed: 0, skipped: 1 }, seconds: 0 });
  }

  /**
   * Prints what failed and why (the end of a log may be all that is kept), what took how long, and
   * the closing line.
   * @returns {number} the exit code
   */
  close() {
    const total = { passed: 0, failed: 0, skipped: 0 };
    for (const { name, counts } of this.results) {
      for (const failure of counts.failures ?? []) {
        process.stdout.write(`\nFAILED ${name}: ${failure}\n`);
      }
    }
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
