import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseManifest, resolveManifest } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { archer, archerJson, temporaryFolder } from '../test/archer.ts';
import { loadInstalled } from './installed.ts';

const installed = await loadInstalled(import.meta.dirname);
const resolve = (text: string) => resolveManifest(parseManifest(text, 'draft'), installed.lookup);

async function draft(...args: string[]): Promise<{ file: string; text: string }> {
  const file = join(temporaryFolder(), 'manifest.yaml');
  const said = await archer('init', '--out', file, ...args);
  expect(said).toMatchObject({ code: 0, err: '' });
  return { file, text: readFileSync(file, 'utf8') };
}

/** Every option that is a comment, in force. */
const uncommented = (text: string): string => text.replace(/^( *)# ( *\w+:)/gm, '$1$2');

describe('archer init', () => {
  it('writes a manifest that resolves and runs, with data that need no download', async () => {
    const { file, text } = await draft('--strategy', 'spos', '--space', 'nas-bench-201');
    expect(text).toContain('use: synthetic');
    expect(text).toMatch(/^# Others that fit are .*cifar10/m);
    expect(text).toMatch(/^ {2}- rank:$/m);
    expect(text).toContain('# channels: 16  # Channels of the first stage.');
    const small = ['space.channels=4', 'space.cells=1', 'strategy.epochs=1', 'data.train=32'];
    small.push('strategy.search=null', 'study.rank.architectures={ sample: 2 }');
    small.push('study.rank.truth.epochs=1', 'data.valid=32', 'seeds=[0]');
    const settings = small.flatMap((setting) => ['--set', setting]);
    const said = await archer('run', file, ...settings, '--data', temporaryFolder());
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(said.out).toMatch(/^supernet +2 /m);
  });

  it.each(installed.ids.get('strategy') ?? [])(
    'writes options of %s that are valid, and the defaults, when uncommented',
    async (strategy) => {
      const { text } = await draft('--strategy', strategy);
      const all = uncommented(text);
      expect(all).not.toMatch(/^ *# *\w+:/m);
      const [plain, full] = [await resolve(text), await resolve(all)];
      expect({ ...full.manifest, profiles: {} }).toEqual(plain.manifest);
      expect(full.manifest.profiles).toHaveProperty('small.strategy');
    },
  );

  it('writes what a preset passes on as well', async () => {
    const { text } = await draft('--strategy', 'darts');
    expect(text).toMatch(/^ {2}# epochs: \d+ /m);
    const pada = await draft('--strategy', 'pa-da');
    expect(pada.text).toMatch(/^ {2}# search\b/m);
    expect(pada.text).toMatch(/^ {2}# evaluation\b/m);
    // Its own draws of paths are fixed: another one would be refused.
    expect(pada.text).not.toMatch(/^ {2}# paths/m);
  });

  it('writes an architecture where the strategy runs those that it is given', async () => {
    const { file, text } = await draft('--strategy', 'listed');
    expect(text).toMatch(/^ {2}architectures: \[/m);
    expect(await archer('run', file)).toMatchObject({ code: 0, err: '' });
  });

  it('looks up where it can what would take hours to train, and says that it is made up', async () => {
    const { file, text } = await draft('--strategy', 'random');
    const { manifest } = await resolve(text);
    expect(manifest.evaluator).toMatchObject({
      ...{ use: 'table', benchmark: { use: 'bench-nas-bench-201', values: 'made-up' } },
    });
    expect(text).toContain('# The values are made up, for a first run.');
    expect(await archer('run', file)).toMatchObject({ code: 0, err: '' });
  });

  it('takes a space on which the strategy runs, where none is given', async () => {
    const { text } = await draft('--strategy', 'one-shot-language');
    const { manifest } = await resolve(text);
    expect(manifest).toMatchObject({
      space: { use: 'enas-rnn' },
      data: { use: expect.any(String) },
    });
  });

  it('takes a data set', async () => {
    const { text } = await draft('--strategy', 'random', '--dataset', 'cifar10');
    const { manifest } = await resolve(text);
    expect(manifest).toMatchObject({ data: { use: 'cifar10' }, evaluator: { use: 'train' } });
  });

  it('does not replace a file unless forced', async () => {
    const file = join(temporaryFolder(), 'manifest.yaml');
    writeFileSync(file, 'mine');
    const said = await archer('init', '--out', file);
    expect(said).toMatchObject({ code: 2, out: '' });
    expect(said.err).toContain('--force');
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect((await archer('init', '--out', file, '--force')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('use: spos');
  });

  it('refuses what would not run', async () => {
    const out = join(temporaryFolder(), 'manifest.yaml');
    const folder = await archer('init', '--out', out, '--dataset', 'image-folder');
    expect(folder).toMatchObject({ code: 3, err: expect.stringContaining('folder') });
    const name = await archer('init', '--out', out, '--name', 'My Experiment');
    expect(name).toMatchObject({ code: 3, err: expect.stringContaining('lower-case') });
    const nowhere = await archer('init', '--out', join(out, 'x.yaml'));
    expect(nowhere).toMatchObject({ code: 2, err: expect.stringContaining('no such folder') });
    const onFolder = await archer('init', '--out', tmpdir(), '--force');
    expect(onFolder).toMatchObject({ code: 2, err: expect.stringContaining('it is a folder') });
  });

  it('says in JSON what it has chosen', async () => {
    const out = join(temporaryFolder(), 'manifest.yaml');
    const { value } = await archerJson('init', '--out', out, '--strategy', 'pa-da');
    expect(value).toMatchObject({
      file: out,
      strategy: { use: 'pa-da' },
      data: { use: 'synthetic' },
    });
  });
});
