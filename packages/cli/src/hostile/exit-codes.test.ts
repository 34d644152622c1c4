import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { archer, archerJson, manifestOf, temporaryFolder } from '../../test/archer.ts';

const TOY = `
name: toy
title: 'a toy'
space: { use: toy-bits, bits: 6 }
evaluator: { use: toy-ones }
strategy: { use: toy-climb, rounds: 3 }
tracker: null
`;

/** A toy experiment: what runs it, and its run folder. */
function toy(text = TOY) {
  const folder = temporaryFolder();
  const manifest = join(folder, 'manifest.yaml');
  writeFileSync(manifest, text);
  const run = join(folder, 'results', 'default', 'seed-0');
  const args = ['run', manifest, '--data', join(folder, 'data')];
  return { folder, run, args };
}

/** How each documented code comes about; 130 is `interrupt.test.ts`. */
const CODES: Readonly<Record<string, () => Promise<{ code: number | null; err: string }>>> = {
  ok: () => archer(...toy().args),
  failed: () => archer('schema', '--check', '--out', toy().run),
  usage: () => archer('rnu'),
  manifest: () => archer(...toy(TOY.replace('rounds', 'round')).args),
  async drift() {
    const { args } = toy();
    await archer(...args, '--max-time', '0');
    return archer(...args, '--set', 'strategy.rounds=4');
  },
  data() {
    const table = '{ use: table, benchmark: { use: bench-nats-size } }';
    const text = TOY.replace('{ use: toy-ones }', table).replace('toy-bits, bits: 6', 'nats-size');
    return archer(...toy(text.replace('toy-climb, rounds', 'random, evaluations')).args);
  },
  engine() {
    const args = ['run', manifestOf('pada-nb201'), '--profile', 'smoke', '--dry-run'];
    return archer(...args, '--engine', 'tensorflow-gpu');
  },
  locked() {
    const { args, run } = toy();
    mkdirSync(run, { recursive: true });
    writeFileSync(join(run, 'lock'), 'somebody');
    return archer(...args);
  },
  async corrupt() {
    const { args, run } = toy();
    await archer(...args, '--max-time', '0');
    const journal = join(run, 'journal.jsonl');
    const lines = readFileSync(journal, 'utf8').split('\n');
    writeFileSync(journal, ['garbage', ...lines].join('\n'));
    return archer(...args);
  },
  timeUp: () => archer(...toy().args, '--max-time', '0'),
};

describe('R49 the exit code', () => {
  const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  it.each(Object.entries(EXIT))('of "%s" is %d, as documented', async (name, code) => {
    expect(README).toMatch(new RegExp(`^\\| ${code} \\| `, 'm'));
    const make = CODES[name];
    if (make === undefined) return expect(name).toBe('interrupted');
    const said = await make();
    expect(said.code, said.err).toBe(code);
    expect(said.err).not.toContain('unexpected error');
    if (code !== EXIT.ok && code !== EXIT.timeUp)
      expect(said.err).toMatch(/^error .*\nARCHER_|ARCHER_/s);
  });
});

describe('R49 --json of what reads a run', () => {
  it('is one value for report, compare, verify and export, and for their errors', async () => {
    const { args, folder, run } = toy();
    await archer(...args);
    const commands = [
      ['report', run],
      ['verify', run],
      ['compare', run, run],
      ['export', run],
    ];
    for (const command of commands) {
      const { code, value } = await archerJson(...command);
      expect(code).toBe(0);
      expect(value).toBeTypeOf('object');
      const nowhere = await archerJson(command[0] as string, folder, folder);
      expect(nowhere.code).toBe(2);
      expect(nowhere.value).toMatchObject({ error: { code: expect.stringMatching(/^ARCHER_/) } });
    }
  });

  it('is JSON when a run folder is damaged', async () => {
    const { args, run } = toy();
    await archer(...args);
    appendFileSync(join(run, 'journal.jsonl'), 'garbage\n{"seq":1}\n');
    writeFileSync(join(run, 'result.json'), '{"format":');
    for (const command of ['report', 'verify', 'export']) {
      const { code, value } = await archerJson(command, run);
      expect([command, code]).toEqual([command, 8]);
      expect(value).toBeTypeOf('object');
    }
  });
});

describe('R42 archer list', () => {
  it('shows the others, and why one package cannot be used', async () => {
    const folder = temporaryFolder();
    const root = join(folder, 'node_modules', 'archer-plugin-evil');
    mkdirSync(root, { recursive: true });
    const entry = { name: 'archer-plugin-evil', version: '1.0.0', type: 'module' };
    const text = { ...entry, exports: './index.js', archer: { plugins: ['space:evil'] } };
    writeFileSync(join(root, 'package.json'), JSON.stringify(text));
    writeFileSync(join(root, 'index.js'), 'Math.random = () => 4;\nexport default [];\n');
    const before = process.cwd();
    process.chdir(folder);
    try {
      const { code, out, err } = await archer('list', '--kind', 'space');
      expect(code).toBe(0);
      expect(out).toContain('nas-bench-201');
      expect(err).toContain('archer-plugin-evil@1.0.0 replaces Math.random');
      const init = await archer('init', '--space', 'evil');
      expect(init.code).toBe(2);
    } finally {
      process.chdir(before);
    }
    expect(existsSync(join(folder, 'manifest.yaml'))).toBe(false);
  });
});

describe('R45, R46 what a manifest says of itself', () => {
  it('steers no terminal and tells no secret, in any command', async () => {
    const evil = TOY.replace("'a toy'", '"a\\x1b[2J\\u202eb"').replace(
      'tracker: null',
      'tracker: { use: mlflow, uri: "http://ann:sesame@127.0.0.1:9/" }',
    );
    const { args, run, folder } = toy(evil);
    const texts: string[] = [];
    const commands = [[...args, '--dry-run'], args, ['report', run], ['compare', run, run]];
    const wrong = [
      [...args, '--set', 'tracker.uri="http://ann:sesame@h/'],
      [...args, '--set', 'tracker.uri=ftp://ann:sesame@h/', '--out', join(folder, 'b')],
      [...args, '--set', 'tracker.token=sesame', '--out', join(folder, 'c')],
    ];
    for (const command of [...commands, ...wrong]) {
      for (const json of [[], ['--json']]) {
        const { out, err } = await archer(...command, ...json);
        texts.push(out + err);
      }
    }
    expect(texts.join()).toContain('a\\x1b[2J\\u202eb');
    for (const text of texts) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are steered by them
      expect(text).not.toMatch(/[\u001b\u202e]/);
      expect(text).not.toContain('sesame');
    }
  }, 60_000);
});
