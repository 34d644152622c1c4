import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { isArcherError } from '../errors.ts';
import { checkManifest, parseManifest, withProfile, withSettings } from '../manifest.ts';
import type { Manifest } from '../manifest-schema.ts';

const EXPERIMENTS = new URL('../../../../experiments/', import.meta.url);
const SOUND =
  'name: a\nspace: { use: b }\nstrategy: { use: c }\nstudy: [rank: { images: valid }]\n';
const OF_OBJECTS = Object.getOwnPropertyNames(Object.prototype).sort();

/** What an ArcherError says; `undefined` when there is none. Other errors are thrown. */
function refusal(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (isArcherError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
}

const parsed = (text: string) => refusal(() => parseManifest(text, 'm.yaml'));
const set = (...settings: string[]) =>
  refusal(() => withSettings(parseManifest(SOUND, 'm.yaml'), settings));
const inSpace = (option: string): string => SOUND.replace('use: b', `use: b, ${option}`);

afterEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(OF_OBJECTS);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

describe('R40 a manifest', () => {
  const laughs = [...'bcdefghi'].map((name, i) => {
    return `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(', ')}]`;
  });
  it.each([
    ['an alias bomb', ['a: &a [lol]', ...laughs].join('\n'), 'alias'],
    ['an alias of itself', inSpace('x: &x [*x]'), '64 levels'],
    ['10 MB', `${SOUND}# ${'x'.repeat(10_000_000)}`, 'at most 262144'],
    ['10,000 open brackets', `${SOUND}title: ${'['.repeat(10_000)}`, '64 levels'],
    ['10,000 closed brackets', inSpace(`x: ${'['.repeat(10_000)}${']'.repeat(10_000)}`), '64 le'],
    ['10,000 dashes', '- '.repeat(10_000), '64 levels'],
    ['10,000 question marks', '? '.repeat(10_000), '64 levels'],
    ['a staircase of 400 steps', stairs(400), '64 levels'],
    ['JSON of depth 10,000', `{"name":${'[['.repeat(5000)}${']]'.repeat(5000)}}`, '64 levels'],
    ['65 levels', inSpace(`x: ${'['.repeat(65)}${']'.repeat(65)}`), '64 levels'],
    ['equal keys', `${SOUND}name: b\n`, 'line 5, column 1'],
    ['equal keys of an option', inSpace('x: 1, x: 2'), 'unique'],
    ['keys that are equal as texts', inSpace('1: 1, "1": 2'), 'unique'],
    ['equal keys in JSON', '{"name":"a","name":"b"}', 'unique'],
    ['!!js/function', 'name: !!js/function "function () { return 1 }"\n', 'Unresolved tag'],
    ['!!python/object', 'name: !!python/object/apply:os.system [id]\n', 'Unresolved tag'],
    ['a tag of its own', inSpace('x: !mine 1'), 'Unresolved tag'],
    ['a binary value', inSpace('x: !!binary aGVsbG8='), 'no plain mapping'],
    ['a set', inSpace('x: !!set { y }'), 'no plain mapping'],
    ['YAML 1.1', `%YAML 1.1\n---\n${inSpace('<<: { x: 1 }')}`, 'YAML 1.2'],
    ['a list as key', inSpace('? [__proto__] : 1'), 'a key that is no text'],
    ['__proto__', inSpace('__proto__: { polluted: 1 }'), '"__proto__"'],
    ['__proto__ in escapes', inSpace('"\\x5f_proto__": { polluted: 1 }'), '"__proto__"'],
    ['constructor', inSpace('constructor: { prototype: { polluted: 1 } }'), '"constructor"'],
    ['prototype', inSpace('x: [{ prototype: 1 }]'), '"prototype"'],
    ['__proto__ at the top', `${SOUND}__proto__: { polluted: 1 }\n`, '"__proto__"'],
    ['a profile __proto__', `${SOUND}profiles: { __proto__: { polluted: 1 } }\n`, '"__proto__"'],
    ['a study __proto__', SOUND.replace('rank:', '__proto__:'), '"__proto__"'],
    ['__proto__ in JSON', '{"name":"a","space":{"use":"b","__proto__":{"x":1}}}', '"__proto__"'],
    ['a NUL in a text', inSpace('x: "\\0"'), 'NUL'],
    ['a NUL in a key', inSpace('"\\0": 1'), 'NUL'],
    ['a raw NUL', `${SOUND}title: a\0b\n`, 'NUL'],
    ['a tab as indentation', 'name: a\nspace:\n\tuse: b\n', 'Tabs'],
    ['1e400', inSpace('x: 1e400'), 'Infinity'],
    ['.nan', inSpace('x: .nan'), 'NaN'],
    ['a seed beyond 2^53', `${SOUND}seeds: [9007199254740993]\n`, 'seeds[0]'],
    ['a seed as text', `${SOUND}seeds: ["1"]\n`, 'seeds[0]'],
    ['two documents', `${SOUND}---\n${SOUND}`, 'multiple documents'],
    ['nothing', '', 'nothing in it'],
    ['a comment alone', '# nothing', 'nothing in it'],
    ['a name that is a path', SOUND.replace('name: a', 'name: ../../a'), 'name'],
    ['a name in capitals', SOUND.replace('name: a', 'name: CON'), 'name'],
    ['a plugin that is a path', SOUND.replace('use: b', 'use: ./evil.js'), 'plugin id'],
    ['a plugin that is an address', SOUND.replace('use: b', 'use: "http://e/x"'), 'plugin id'],
  ])('with %s is refused', (_, text, why) => {
    const said = parsed(text);
    expect(said).toMatch(/^ARCHER_MANIFEST m\.yaml is not a valid manifest:/);
    expect(said).toContain(why);
    expect(said?.length).toBeLessThan(2500);
  });

  it.each([
    ['a byte order mark', `\uFEFF${SOUND}`],
    ['line ends of Windows', SOUND.replaceAll('\n', '\r\n')],
    ['an anchor that is used twice', SOUND.replace('{ use: c }', '&s { use: c }\nevaluator: *s')],
    ['64 levels', inSpace(`x: ${'['.repeat(63)}${']'.repeat(63)}`)],
  ])('with %s is read', (_, text) => {
    expect(parsed(text)).toBeUndefined();
  });

  it('keeps numbers as what they are written', () => {
    const { space } = parseManifest(inSpace('a: "1", b: -0, c: 0x10, d: 1e3'), 'm.yaml');
    expect(space).toEqual({ use: 'b', a: '1', b: -0, c: 16, d: 1000 });
  });

  it('shows where it is wrong without the rest of a long line', () => {
    const said = parsed(`name: [${'x'.repeat(5000)}, ]]`) ?? '';
    expect(said).toContain('line 1, column');
    expect(said.length).toBeLessThan(300);
  });
});

describe('R40 --set', () => {
  it.each([
    'a.__proto__.polluted=1',
    'constructor.prototype.polluted=1',
    'space.__proto__.polluted=1',
    'space.constructor.prototype.polluted=1',
    'study.0.__proto__.polluted=1',
    'study.rank.__proto__.polluted=1',
    'space={ __proto__: { polluted: 1 } }',
    'space.x={ constructor: 1 }',
    'space.x=!!js/function x',
    'space.x=1e400',
    'space.x="\\0"',
    'space.use=../evil',
    'name=../../evil',
    'study=3',
    'study=[1]',
    'study.rank=3',
    'study.0=null',
    'study.0.use=3',
    'study.length=0',
    'study.-1.x=1',
    'study.1e3.x=1',
    `space.x=${'['.repeat(100_000)}`,
    `space${'.a'.repeat(100_000)}=1`,
    `space.${'a'.repeat(100_000)}.=1`,
    '..=1',
    'space.x=*nothing',
    'space.x=1\n---\n2',
  ])('%.40s is refused', (setting) => {
    const said = set(setting);
    expect(said).toMatch(/^ARCHER_(MANIFEST|SETTING) /);
    expect(said?.length).toBeLessThan(2500);
  });

  it('sets studies as manifests write them', () => {
    const manifest = parseManifest(SOUND, 'm.yaml');
    const { study } = withSettings(manifest, ['study=[rank: { images: test }, wank: ]']);
    expect(study).toEqual([{ use: 'rank', images: 'test' }, { use: 'wank' }]);
  });

  it('does not show the value that it refuses: it may be a secret', () => {
    expect(set('tracker.token="sesame')).toContain('tracker.token');
    expect(set('tracker.token="sesame')).not.toContain('sesame');
  });
});

describe('R40 a manifest made in code', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : { deeper: deep(levels - 1) });
  const self: Record<string, unknown> = {};
  self.self = self;
  const sound = parseManifest(SOUND, 'm.yaml');
  it.each([
    ['null', null],
    ['a text', 'name: a'],
    ['nothing but a name', { name: 'a' }],
    ['null as study', { ...sound, study: [null] }],
    ['a study __proto__', { ...sound, study: [JSON.parse('{"use":"__proto__"}')] }],
    ['a function', { ...sound, space: { use: 'b', f: () => 1 } }],
    ['a date', { ...sound, space: { use: 'b', at: new Date(0) } }],
    ['a map', { ...sound, space: { use: 'b', of: new Map() } }],
    ['a bigint', { ...sound, space: { use: 'b', n: 1n } }],
    ['itself', { ...sound, space: { use: 'b', self } }],
    ['1000 levels', { ...sound, space: { use: 'b', x: deep(1000) } }],
  ])('with %s is refused', (_, manifest) => {
    const said = refusal(() => checkManifest(manifest as Manifest, 'it'));
    expect(said).toMatch(/^ARCHER_MANIFEST it is not a valid manifest:/);
  });
});

describe('R40 whatever is read as a manifest', () => {
  const written = readdirSync(EXPERIMENTS, { recursive: true, encoding: 'utf8' })
    .filter((name) => /manifest\.yaml$|suites.*\.yaml$/.test(name))
    .map((name) => readFileSync(new URL(name, EXPERIMENTS), 'utf8'));
  const pieces = fc.constantFrom(
    ...['{', '}', '[', ']', ': ', '- ', '? ', '&a ', '*a', '!!js/function ', '|', '>', '"', "'"],
    ...['#', '\n', '  ', '\t', '\0', '\uFEFF', '---\n', '%YAML 1.1\n', '<<: ', '__proto__: '],
    ...['constructor', 'use: ', 'study:', 'null', '1e400', '.nan', '-0', '\r\n', '\ud800'],
  );
  const yamlLike = fc.array(fc.oneof(pieces, fc.string({ maxLength: 8 })), { maxLength: 40 });
  const place = fc.nat({ max: 5000 });
  const cuts = fc.array(fc.tuple(place, place, fc.oneof(pieces, fc.string({ maxLength: 8 }))), {
    maxLength: 4,
  });
  const mutated = fc.tuple(fc.constantFrom(...written), cuts).map(([text, changes]) =>
    changes.reduce((now, [at, length, piece]) => {
      const from = at % (now.length + 1);
      return now.slice(0, from) + piece + now.slice(from + (length % 30));
    }, text),
  );
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    yamlLike.map((parts) => parts.join('')),
    mutated,
  );

  it('is a manifest or an ArcherError, as text', () => {
    expect(written.length).toBeGreaterThan(5);
    fc.assert(
      fc.property(texts, (text) => {
        refusal(() => {
          const manifest = parseManifest(text, 'fuzz');
          expect(checkManifest(manifest, 'again')).toEqual(manifest);
          for (const profile of Object.keys(manifest.profiles)) {
            refusal(() => withProfile(manifest, profile));
          }
        });
      }),
      { numRuns: 600 },
    );
  });

  it('is a manifest or an ArcherError, as a value and as settings', () => {
    const manifest = parseManifest(SOUND, 'm.yaml');
    const keys = fc.oneof(pieces, fc.string(), fc.constantFrom('space', 'study', '0', 'rank'));
    const paths = fc.array(keys, { maxLength: 4 }).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(fc.anything(), paths, texts, (value, path, text) => {
        refusal(() => checkManifest(value as Manifest, 'fuzz'));
        refusal(() => checkManifest({ ...manifest, space: value } as Manifest, 'fuzz'));
        refusal(() => withSettings(manifest, [`${path}=${text.slice(0, 200)}`]));
      }),
      { numRuns: 400 },
    );
  });
});

function stairs(steps: number): string {
  return Array.from({ length: steps }, (_, i) => `${' '.repeat(i)}a:`).join('\n');
}
