// @ts-check
// The real Nx on a workspace of one experiment, whose command is a stand-in that keeps a log.
import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const repository = resolve(import.meta.dirname, '../..');
const TIMEOUT_MS = 110_000;

/** Says that it began; then ends, fails, or waits for a signal, as the file `mode` tells. */
const STAND_IN = `
  import { appendFileSync, readFileSync } from 'node:fs';
  appendFileSync('log', process.argv.slice(2).join(' ') + '\\n');
  const mode = readFileSync('mode', 'utf8');
  if (mode === 'fail') process.exit(75);
  if (mode === 'wait') {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
    setTimeout(() => {}, 60_000);
    console.log('waiting');
  } else console.log('done');
`;

describe('R50 nx run experiments:x', () => {
  /** @type {string} */
  let root;
  beforeAll(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'archer-nx-')));
    mkdirSync(join(root, 'experiments/x'), { recursive: true });
    mkdirSync(join(root, 'packages/cli/dist'), { recursive: true });
    put('experiments/x/manifest.yaml', 'name: x\nprofiles: { smoke: {} }\n');
    put('packages/cli/dist/bin.js', STAND_IN);
    put('package.json', '{ "name": "workspace", "private": true, "type": "module" }');
    const plugin = join(repository, 'tools/nx/plugin.mjs');
    put('nx.json', JSON.stringify({ plugins: [plugin], analytics: false }));
    symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** @param {string} file @param {string} text */
  function put(file, text) {
    writeFileSync(join(root, file), text);
  }

  /** @param {(child: import('node:child_process').ChildProcess) => void} [onWaiting] */
  function nx(onWaiting) {
    const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', CI: '1' };
    const bin = join(repository, 'node_modules/.bin/nx');
    const child = spawn(bin, ['run', 'experiments:x:smoke'], { cwd: root, env });
    let out = '';
    let told = false;
    /** @param {Buffer} chunk */
    const onData = (chunk) => {
      out += chunk;
      if (told || !out.includes('waiting')) return;
      told = true;
      onWaiting?.(child);
    };
    child.stdout.on('data', onData);
    child.stderr.on('data', onData);
    return new Promise((done) => child.on('close', (code) => done({ code, out })));
  }

  const runs = () => readFileSync(join(root, 'log'), 'utf8').trim().split('\n').length;

  it(
    'runs each time it is asked, without the daemon, after a failure and an interruption too',
    async () => {
      put('mode', 'end');
      for (const times of [1, 2]) {
        const { code, out } = await nx();
        expect(code, out).toBe(0);
        expect(out).toContain('done');
        expect(out).not.toMatch(/from (the )?cache|existing outputs/i);
        expect(runs()).toBe(times);
      }
      put('mode', 'fail');
      expect((await nx()).code).not.toBe(0);
      put('mode', 'wait');
      const stopped = await nx((child) => child.kill('SIGINT'));
      expect(stopped.code, stopped.out).not.toBe(0);
      expect(runs()).toBe(4);
      put('mode', 'end');
      const { code, out } = await nx();
      expect(code, out).toBe(0);
      expect(runs()).toBe(5);
      expect(readFileSync(join(root, 'log'), 'utf8')).toContain('--profile=smoke');
    },
    TIMEOUT_MS,
  );
});
