import {
  type DataSet,
  definePlugin,
  type Maker,
  memorySplit,
  type SplitName,
} from '@archer-nas/core';
import { toyClimb } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { runToys, toyLookup, toyManifest } from '../tools/toy-runs.ts';
import { studySplits, withhold } from './withhold.ts';

class Images implements DataSet {
  readonly name = 'toy-images';
  readonly batch = 1;
  readonly classes = 2;
  readonly image = { height: 1, width: 1, channels: 1 };
  readonly mean = [0];
  readonly std = [1];
  readonly augmentation = { cropPadding: 0, flip: false };
  readonly hash = 'abc';
  readonly description = 'two pixels';
  readonly splits: readonly SplitName[] = ['train', 'valid', 'test'];
  /** Private: a proxy that forgets its target would fail on it. */
  readonly #pixels = Uint8Array.of(1, 2);
  open(split: SplitName) {
    return memorySplit(split, Int32Array.of(0, 1), this.#pixels);
  }
}

const data = definePlugin({
  id: 'toy-images',
  kind: 'data',
  summary: 'Two pixels, for tests.',
  options: z.strictObject({}),
  create: () => new Images(),
});

/** The hill climber, which first opens a split. */
const climb = toyClimb as unknown as Maker<'strategy'>;
const peek = definePlugin({
  ...climb,
  id: 'toy-peek',
  options: z.looseObject({ open: z.enum(['train', 'valid', 'test']) }),
  create: (options, deps) => {
    const { open, ...rest } = options as { open: SplitName };
    expect(deps.data.splits).toStrictEqual(['train', 'valid']);
    deps.data.open(open);
    return climb.create({ rounds: 3, stepMs: 0, ...rest } as never, deps);
  },
});

const withheld = { code: 'ARCHER_TEST_WITHHELD', exit: 3 };

describe('withhold', () => {
  it('guards a frozen data set, and says so itself', () => {
    const images = new Images();
    const open = (split: SplitName) => images.open(split);
    const guarded = withhold(Object.freeze({ ...images, open }));
    expect(guarded.splits).toStrictEqual(['train', 'valid']);
    expect(guarded.open('train').size).toBe(2);
    expect(() => guarded.open('test')).toThrow(expect.objectContaining(withheld));
  });

  it('hides the test split and nothing else', () => {
    const guarded = withhold(new Images());
    expect(guarded.splits).toStrictEqual(['train', 'valid']);
    expect(guarded.open('valid').labels).toStrictEqual(Int32Array.of(0, 1));
    expect(guarded).toMatchObject({ name: 'toy-images', hash: 'abc', classes: 2 });
    expect(() => guarded.open('test')).toThrow(expect.objectContaining(withheld));
  });
});

describe('studySplits', () => {
  it('opens the test split with a permit alone', () => {
    const images = new Images();
    const open = studySplits(images, { id: 'rank', permit: 'test-split' });
    expect(open('test').name).toBe('test');
    expect(studySplits(images, { id: 'rank' })('valid').name).toBe('valid');
    expect(() => studySplits(images, { id: 'rank' })('test')).toThrow(/study "rank"/);
  });

  it('says that the manifest has no data', () => {
    const open = studySplits(undefined, { id: 'rank', permit: 'test-split' });
    expect(() => open('test')).toThrow(expect.objectContaining({ code: 'ARCHER_NO_DATA' }));
  });
});

describe('R38 the test split in a run', () => {
  const lookup = toyLookup(data, peek);
  const withData = { data: { use: 'toy-images' } };

  it('cannot be opened by a search', async () => {
    using folder = temporaryFolder();
    const peeking = (open: string) =>
      toyManifest({ ...withData, strategy: { use: 'toy-peek', open }, study: [] });
    const searching = runToys(folder.path, { lookup, manifest: peeking('test') });
    await expect(searching).rejects.toMatchObject(withheld);
    const { status } = await runToys(folder.path, { lookup, manifest: peeking('valid') });
    expect(status).toBe('finished');
  });

  it('can be opened by a study with a permit alone', async () => {
    using folder = temporaryFolder();
    const asking = (permit: object) =>
      toyManifest({ ...withData, study: [{ use: 'toy-count', open: 'test', ...permit }] });
    const forbidden = runToys(folder.path, { lookup, manifest: asking({}) });
    await expect(forbidden).rejects.toMatchObject(withheld);
    const manifest = asking({ permit: 'test-split' });
    const { status } = await runToys(folder.path, { lookup, manifest, restart: true });
    expect(status).toBe('finished');
  });
});
