import { definePlugin, resolveManifest } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toyLookup, toyManifest } from '../tools/toy-runs.ts';
import { dataHashOf, differences, type Fingerprint, takeFingerprint } from './fingerprint.ts';

const nowhere = definePlugin({
  id: 'nowhere',
  kind: 'launcher',
  summary: 'Starts nothing, for tests.',
  options: z.strictObject({}),
  create: () => ({ description: 'nowhere', launch: async () => [] }),
});

async function taken(changes = {}): Promise<Fingerprint> {
  const resolved = await resolveManifest(toyManifest(changes), toyLookup(nowhere));
  return takeFingerprint(resolved, { engine: undefined, dataHash: 'abc' });
}

const engine = { class: 'native/1', reproducible: 'bitwise', description: '' } as const;

describe('R08 differences', () => {
  it('are none between two runs of a manifest, on whatever machine', async () => {
    const before = await taken();
    const machine = { platform: 'other', cpu: 'other', cores: 99 };
    const now = await taken({ title: 'x', seeds: [5], launcher: { use: 'nowhere' } });
    expect(differences(before, { ...now, machine })).toEqual([]);
  });

  it('name the place in the manifest, before and after', async () => {
    const study = [{ use: 'toy-count', every: 2, steps: 2 }];
    const now = await taken({ strategy: { use: 'toy-climb', rounds: 6 }, study });
    expect(differences(await taken(), now)).toStrictEqual([
      'strategy.rounds: 5 → 6',
      'study.1: {"use":"toy-count","steps":3} → absent',
      'plugin study.1 study:toy-count: "toy-count@0.0.0" → absent',
    ]);
  });

  it.each([
    ['plugin', { plugins: { 'space space:toy-bits': 'toy-bits@0.1.0' } }, /^plugin space/],
    ['core', { core: '9.0.0' }, /^core: .* → "9\.0\.0"$/],
    ['major version of Node.js', { node: 'v99.1.0' }, /^Node\.js: .* → "v99"$/],
    ['data', { dataHash: 'def' }, /^data hash: "abc" → "def"$/],
    ['engine', { engine }, /^engine class: "none" → "native\/1"$/],
  ])('notice another %s', async (_, change, line) => {
    const before = await taken();
    expect(differences(before, { ...before, ...change })[0]).toMatch(line);
  });

  it('do not notice another minor version of Node.js', async () => {
    const before = await taken();
    const node = `${before.node.split('.')[0]}.999.0`;
    expect(differences(before, { ...before, node })).toStrictEqual([]);
  });

  it('leave engine and data out where they are not known yet', async () => {
    const before = await taken();
    const now = { ...before, dataHash: null, engine };
    expect(differences(before, now, 'plan')).toStrictEqual([]);
  });
});

describe('R35 a fingerprint', () => {
  const engineOf = (reproducible: 'bitwise' | 'tolerance', name: string) => {
    return { ...engine, class: name, reproducible, description: `${name}, 2 threads` };
  };

  it('declares what promises to compute equally, and on what machine that was', async () => {
    const resolved = await resolveManifest(toyManifest(), toyLookup());
    const details = { name: 'native', version: '4.22.0', precision: 'f32', isa: 'avx2' } as const;
    const native = engineOf('bitwise', 'native/4.22.0/f32/avx2');
    expect(
      takeFingerprint(resolved, { engine: { ...native, ...details }, dataHash: 'abc' }),
    ).toStrictEqual({
      manifest: expect.objectContaining({ space: resolved.manifest.space }),
      plugins: expect.objectContaining({ 'space space:toy-bits': 'toy-bits@0.0.0' }),
      core: expect.stringMatching(/^\d+\.\d+\.\d+/),
      node: process.version,
      engine: native,
      dataHash: 'abc',
      machine: {
        platform: `${process.platform} ${process.arch}`,
        cpu: expect.any(String),
        cores: expect.any(Number),
      },
    });
  });

  it('is the same on another processor of the same class, and not in another class', async () => {
    const before = { ...(await taken()), engine: engineOf('bitwise', 'native/1/f32/avx2') };
    const elsewhere = { ...before, machine: { platform: 'other', cpu: 'other', cores: 1 } };
    expect(differences(before, elsewhere)).toStrictEqual([]);
    for (const name of ['native/1/f32/avx512', 'native/2/f32/avx2', 'wasm/1/f32']) {
      const other = { ...before, engine: engineOf('tolerance', name) };
      expect(differences(before, other)).toStrictEqual([
        `engine class: "native/1/f32/avx2" → "${name}"`,
      ]);
    }
  });
});

describe('dataHashOf', () => {
  it('is the hash of the data set, of the table that is looked up, or of both', () => {
    expect(dataHashOf({})).toBeUndefined();
    expect(dataHashOf({ data: { hash: 'images' }, evaluator: {} })).toBe('images');
    expect(dataHashOf({ evaluator: { hash: 'table' } })).toBe('table');
    const both = { data: { hash: 'images' }, evaluator: { hash: 'table' } };
    expect(dataHashOf(both)).toBe('images table');
  });
});
