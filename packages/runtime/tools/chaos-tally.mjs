// @ts-check
// What `chaos` has done so far: kept in a file, so that several calls add up.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname } from 'node:path';

/** @typedef {import('./chaos-victim.mjs').Ordeal} Ordeal */
/**
 * A run that went wrong.
 * @typedef {{ run: number, wrong: string[], kills: Ordeal['kills'], command: string, kept: string }} Failure
 */
/**
 * @typedef {{ runs: number, kills: number, early: number, resumes: number, work: number,
 *   failures: Failure[] }} Count
 */
/** @typedef {{ kills: number, minutes: number }} Part what was done with one state of the code */
/**
 * @typedef {object} Content
 * @property {number} seed
 * @property {string} machine
 * @property {Record<string, Part>} parts by commit
 * @property {Record<string, Count>} subjects
 * @property {Record<string, string>} left subjects that do not run by themselves, and why
 */

const NONE = { runs: 0, kills: 0, early: 0, resumes: 0, work: 1 };

/** The tally of one seed in a file. */
export class Tally {
  /** @type {string} */ #file;
  /** @type {string} */ #commit;
  /** @type {Content} */ #content;

  /** @param {string} file @param {number} seed @param {boolean} [isFresh] forget what was there */
  constructor(file, seed, isFresh = false) {
    const processor = cpus()[0]?.model.trim() ?? 'unknown';
    const machine = `${processor}, ${availableParallelism()} cores, Node.js ${process.version}`;
    this.#file = file;
    this.#commit = commitHere();
    this.#content = { seed, machine, parts: {}, subjects: {}, left: {} };
    if (!isFresh && existsSync(file)) this.#content = JSON.parse(readFileSync(file, 'utf8'));
    if (this.#content.seed !== seed)
      throw new Error(`${file} is of seed ${this.#content.seed}; give another --tally`);
  }

  get kills() {
    return this.counts.reduce((sum, [, { kills }]) => sum + kills, 0);
  }

  get hasFailures() {
    return this.counts.some(([, { failures }]) => failures.length > 0);
  }

  get counts() {
    return Object.entries(this.#content.subjects);
  }

  /** @param {string} id @returns {Count} */
  of(id) {
    return this.#content.subjects[id] ?? { ...NONE, failures: [] };
  }

  /**
   * @param {string} id @param {number} run @param {Ordeal} ordeal
   * @param {{ minutes: number, kept: string }} more
   */
  add(id, run, { kills, resumes, work, wrong }, { minutes, kept }) {
    const before = this.of(id);
    const { seed } = this.#content;
    const command = `npx nx run runtime:chaos --seed=${seed} --only='^${id}$' --run=${run}`;
    const failures = wrong.length === 0 ? [] : [{ run, wrong, kills, command, kept }];
    this.#content.subjects[id] = {
      runs: before.runs + 1,
      kills: before.kills + kills.length,
      early: before.early + kills.filter(({ after }) => after === 'start').length,
      resumes: before.resumes + resumes,
      work: Math.max(before.work, work),
      failures: [...before.failures, ...failures],
    };
    const part = this.#content.parts[this.#commit] ?? { kills: 0, minutes: 0 };
    this.#content.parts[this.#commit] = {
      kills: part.kills + kills.length,
      minutes: part.minutes + minutes,
    };
    this.#save();
  }

  /** A subject that nobody can be killed in. @param {string} id @param {string} reason */
  leave(id, reason) {
    this.#content.left[id] = reason;
    this.#save();
  }

  /** What was done, in Markdown. */
  page() {
    const { seed, machine, parts, left } = this.#content;
    const rows = this.counts.map(([id, { runs, kills, early, resumes, work, failures }]) => {
      const equal = failures.length === 0 ? 'yes' : `**${failures.length} not**`;
      return `| ${[id, kills, early, resumes, runs, work.toFixed(2), equal].join(' | ')} |`;
    });
    const wrong = this.counts.flatMap(([id, { failures }]) =>
      failures.map((one) => `- ${id}, run ${one.run}: ${one.wrong.join('; ')}. \`${one.command}\``),
    );
    const notes = Object.entries(left).map(([id, reason]) => `- ${id}: ${reason}`);
    const of = Object.entries(parts).map(
      ([commit, { kills, minutes }]) => `${kills} at ${commit} in ${minutes.toFixed(0)} minutes`,
    );
    return `# Killed at random

Made by \`npx nx run runtime:chaos --kills=${this.kills} --seed=${seed} --write\`. Not edited by hand.

\`archer run\` is killed with SIGKILL at random moments, started again, and killed again, until it may
finish: up to eight times a run, about one in five kills while the process still starts. Then its
science lines, tables, result and the last checkpoint of each job are compared byte for byte with those
of the run that nobody killed (R03). Subjects are every installed strategy, every part that strategies
are composed of, and the smoke profiles of the experiments.

**${this.kills} kills** of ${this.counts.length} subjects; ${wrong.length === 0 ? 'every run ended equal' : `runs that did not end equal: ${wrong.length}`}. ${of.join(', ')}; ${machine}.

| subject | kills | while starting | resumes | runs finished | most work, of that needed | equal |
|---|---|---|---|---|---|---|
${rows.join('\n')}
${section('What went wrong', wrong)}${section('Not killed', notes)}`;
  }

  #save() {
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.tmp`, JSON.stringify(this.#content, null, 2));
    renameSync(`${this.#file}.tmp`, this.#file);
  }
}

/** @param {string} title @param {readonly string[]} lines */
function section(title, lines) {
  return lines.length === 0 ? '' : `\n## ${title}\n\n${lines.join('\n')}\n`;
}

/** The last commit that changed the code. */
function commitHere() {
  const git = (/** @type {string[]} */ ...args) =>
    execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
  const code = ['packages', 'plugins', 'package-lock.json'].map((path) => `:/${path}`);
  const last = git('log', '-1', '--format=%h', '--', ...code);
  const isChanged = git('status', '--porcelain', '--untracked-files=no', '--', ...code) !== '';
  return isChanged ? `${last} with changes` : last;
}
