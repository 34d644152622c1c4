// @ts-check
// A child process that has one engine and one case ready, and computes only when it is asked to.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Longest wait for one answer, in seconds, where nothing else is said. */
const PATIENCE = 900;

export class Worker {
  #child;
  #answers;
  #errors = '';

  /** @param {string} command @param {readonly string[]} args @param {NodeJS.ProcessEnv} [env] */
  constructor(command, args, env = process.env) {
    // A process group of its own: torch.compile has children that must end with it.
    this.#child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    this.#child.on('error', (error) => {
      this.#errors += error.message;
    });
    this.#child.stdin.on('error', () => {}); // a dead child is reported where it does not answer
    this.#child.stderr.on('data', (text) => {
      this.#errors = (this.#errors + text).slice(-4000);
    });
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  get pid() {
    return /** @type {number} */ (this.#child.pid);
  }

  /**
   * @param {string} verb @param {object} [request] @param {number} [seconds] the longest wait
   * @returns {Promise<any>} the answer
   * @throws Error with what the child wrote to stderr, when it does not answer; it is ended then
   */
  async ask(verb, request = {}, seconds = PATIENCE) {
    this.#child.stdin.write(`${JSON.stringify({ verb, ...request })}\n`);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#kill();
    }, 1e3 * seconds);
    try {
      for (;;) {
        const { value, done } = await this.#answers.next();
        if (late)
          throw new Error(`no answer to ${verb} within ${Number(seconds.toPrecision(2))} s`);
        if (done) throw new Error(`The worker ended without an answer to ${verb}. ${this.#errors}`);
        if (/^(\{|null$)/.test(value)) return JSON.parse(value);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async close() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const end = once(this.#child, 'exit');
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#kill(), 10e3);
    await end;
    clearTimeout(timer);
  }

  #kill() {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      this.#child.kill('SIGKILL');
    }
  }
}
