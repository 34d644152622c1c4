import { pathToFileURL } from 'node:url';
import { definePlugin, type Plugin } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { packageChecks } from './package-contract.ts';
import { temporaryFiles } from './temporary-file.ts';
import { broken } from './testing/broken.ts';

const README = 'A `climber` with `rounds`, and `cooling.start`: `start`.\n';
const FILES = {
  'package.json': JSON.stringify({ archer: { plugins: ['strategy:climber'] } }),
  'README.md': README,
  'DEVIATIONS.md': '# Deviations\n\nNone.\n',
};
const rounds = z.int().default(3).describe('how many');
const cooling = z
  .strictObject({ start: z.number().optional().describe('temperature; default 1') })
  .prefault({})
  .describe('how it cools');

function climber(changes: object = {}, options: z.ZodType = z.strictObject({ rounds, cooling })) {
  return definePlugin({
    id: 'climber',
    kind: 'strategy',
    summary: 'Climbs hills until the budget is spent.',
    options,
    create: () => ({ begin: async () => expect.fail('not here') }),
    ...changes,
  }) as unknown as Plugin;
}

function of({
  files = {},
  plugin = climber(),
  rows = ['strategy:climber'],
}: {
  readonly files?: Record<string, string>;
  readonly plugin?: Plugin;
  readonly rows?: readonly string[];
}): Promise<string[]> {
  const folder = temporaryFiles({ ...FILES, ...files });
  const subject = {
    package: pathToFileURL(`${folder}/`),
    plugins: plugin,
    rows: () => rows.map((name, i) => ({ name, golden: `${i}.txt` })),
  };
  return broken(packageChecks(subject));
}

const OPTIONS = 'every option is described, and has a default or is required';
const NAMED = 'README.md names every plugin and every option';

describe('packageChecks', () => {
  it('pass a package that keeps the contract', async () => {
    expect(await of({})).toEqual([]);
  });

  it('catch a plugin without a row', async () => {
    expect(await of({ rows: ['strategy:other'] })).toEqual(['every plugin has a row']);
  });

  it('catch a list of plugins that is another', async () => {
    const files = { 'package.json': JSON.stringify({ archer: { plugins: ['sampler:climber'] } }) };
    expect(await of({ files })).toEqual(['package.json lists the plugins that are exported']);
  });

  it.each([
    ['no description', z.strictObject({ rounds: z.int().default(3), cooling })],
    ['no default', z.strictObject({ rounds: z.int().optional().describe('how many'), cooling })],
    [
      'no description inside of another option',
      z.strictObject({
        rounds,
        cooling: z.strictObject({ start: z.number() }).describe('how it cools'),
      }),
    ],
  ])('catch an option with %s', async (_, options) => {
    expect(await of({ plugin: climber({}, options) })).toEqual([OPTIONS]);
  });

  it('catch options and plugins that the README forgets, also where prose has the word', async () => {
    expect(
      await of({ files: { 'README.md': 'A `climber` of many rounds, `start`, `cooling`.' } }),
    ).toEqual([NAMED]);
    expect(await of({ files: { 'README.md': README.replace('climber', 'walker') } })).toEqual([
      NAMED,
    ]);
  });

  it('catch a summary that is none, and missing deviations', async () => {
    expect(await of({ plugin: climber({ summary: 'todo' }) })).toEqual([
      'every plugin is summarised in a sentence',
    ]);
    expect(await of({ files: { 'DEVIATIONS.md': '\n' } })).toEqual([
      'DEVIATIONS.md tells what differs from the papers',
    ]);
  });
});
