import { describe, expect, it } from 'vitest';
import { isArcherError } from './errors.ts';
import { parseManifest, withProfile, withSettings } from './manifest.ts';

const TEXT = `
name: pada-nb201
seeds: [0, 1]
space: { use: nas-bench-201, channels: 16 }
strategy: { use: pa-da, epochs: 250, paths: { use: importance, scope: edge } }
study:
  - rank: { images: valid }
profiles:
  smoke: { strategy: { epochs: 1 }, space: { use: toy-bits, bits: 4 }, study: [] }
  quick: { study: [{ rank: { images: train } }], seeds: [7] }
`;
const manifest = () => parseManifest(TEXT, 'manifest.yaml');
const message = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (isArcherError(error)) return `${error.code} ${error.message} ${error.hint ?? ''}`;
    throw error;
  }
  return 'no error';
};

describe('parseManifest', () => {
  it('reads YAML and JSON to the same manifest', () => {
    const json = JSON.stringify({
      name: 'a',
      space: { use: 'b' },
      strategy: { use: 'c' },
      study: [{ rank: null }],
    });
    const yaml = 'name: a\nspace: { use: b }\nstrategy: { use: c }\nstudy: [{ rank: }]\n';
    expect(parseManifest(yaml, 'y')).toEqual(parseManifest(json, 'j'));
    expect(parseManifest(yaml, 'y').study).toEqual([{ use: 'rank' }]);
  });

  it.each([
    ['duplicate keys', 'name: a\nname: b\n', 'unique'],
    ['an unknown tag', 'name: !!js/function a\n', 'tag'],
    [
      '__proto__',
      'name: a\nspace: { use: b, __proto__: { x: 1 } }\nstrategy: { use: c }',
      '__proto__',
    ],
    ['a plugin path', 'name: a\nspace: { use: ../evil }\nstrategy: { use: c }', 'plugin id'],
    ['1e400', 'name: a\nspace: { use: b, n: 1e400 }\nstrategy: { use: c }', 'Infinity'],
    ['NUL', 'name: a\nspace: { use: b, n: "\\0" }\nstrategy: { use: c }', 'NUL'],
    ['equal seeds', 'name: a\nseeds: [1, 1]\nspace: { use: b }\nstrategy: { use: c }', 'differ'],
    ['a misspelt key', 'name: a\nspace: { use: b }\nstrategie: { use: c }', '"strategy"'],
    ['a list', '- a', 'valid manifest'],
    ['nothing', '', 'valid manifest'],
    ['10,000 levels', `name: ${'['.repeat(10_000)}`, 'valid manifest'],
  ])('refuses %s and says why', (_, text, why) => {
    expect(message(() => parseManifest(text, 'm.yaml'))).toContain(why);
  });
});

describe('withProfile', () => {
  it('merges options, replaces lists, and replaces a block that names another plugin', () => {
    const smoke = withProfile(manifest(), 'smoke');
    expect(smoke.strategy).toEqual({
      use: 'pa-da',
      epochs: 1,
      paths: { use: 'importance', scope: 'edge' },
    });
    expect(smoke.space).toEqual({ use: 'toy-bits', bits: 4 });
    expect(smoke.study).toEqual([]);
    expect(withProfile(manifest(), 'quick').seeds).toEqual([7]);
  });

  it('names the profile that is nearest to a misspelt one', () => {
    expect(message(() => withProfile(manifest(), 'smok'))).toContain('Did you mean "smoke"?');
    expect(message(() => withProfile(manifest(), 'constructor'))).toContain('no profile');
  });
});

describe('withSettings', () => {
  it('sets options, nested parts and studies by name or position', () => {
    const set = withSettings(manifest(), [
      'strategy.epochs=20',
      'strategy.paths.scope=shared',
      'study.rank.images=test',
      'study.0.batches=4',
      'seeds=[3]',
    ]);
    expect(set.strategy.epochs).toBe(20);
    expect(set.strategy.paths).toEqual({ use: 'importance', scope: 'shared' });
    expect(set.study).toEqual([{ use: 'rank', images: 'test', batches: 4 }]);
    expect(set.seeds).toEqual([3]);
    expect(manifest().strategy.epochs).toBe(250);
  });

  it.each(['epochs', '=3', 'a.__proto__.x=1', 'study.derive.x=1', 'name.x=1', 'nonsense=1'])(
    'refuses --set %s',
    (setting) => {
      expect(message(() => withSettings(manifest(), [setting]))).toContain('ARCHER_');
      expect(({} as Record<string, unknown>).x).toBeUndefined();
    },
  );
});
