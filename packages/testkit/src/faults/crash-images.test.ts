import {
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crashImages, materialise } from './crash-images.ts';
import type { Image } from './disk-model.ts';
import { recordFiles } from './record-files.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archer-images-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** `name=content` of each file, `name/` of each folder. */
function show(image: Image): string {
  return [...image]
    .map(([path, bytes]) => (bytes === undefined ? `${path}/` : `${path}=${Buffer.from(bytes)}`))
    .sort()
    .join(' ');
}

/** What a program may leave; it opens files with `open`. */
function leftBy(program: () => void, kind?: 'kill'): Set<string> {
  using recording = recordFiles(folder);
  program();
  const images = [...crashImages(recording, { draws: 40, tears: (n) => [...Array(n).keys()] })];
  const wanted = images.filter((image) => kind === undefined || image.kind === kind);
  return new Set(wanted.map(({ image }) => show(image)));
}

/** Writes without fsync. */
function write(name: string, text: string, flags = 'w'): number {
  const descriptor = openSync(join(folder, name), flags);
  writeSync(descriptor, Buffer.from(text));
  return descriptor;
}

const syncFolder = (name = '.') => fsyncSync(openSync(join(folder, name), 'r'));

describe('what a SIGKILL leaves', () => {
  it('is what was written, the last write torn at any byte', () => {
    const left = leftBy(() => {
      write('a', 'abc');
      renameSync(join(folder, 'a'), join(folder, 'b'));
    }, 'kill');
    expect(left).toStrictEqual(new Set(['a=', 'a=a', 'a=ab', 'a=abc', 'b=abc']));
  });
});

describe('what a power cut leaves', () => {
  it('of a file whose data was never synced may have its name and no data', () => {
    const left = leftBy(() => {
      write('a.tmp', 'new');
      renameSync(join(folder, 'a.tmp'), join(folder, 'a'));
      syncFolder();
    });
    expect(left).toContain('a=');
    expect(left).toContain('a=\0\0\0');
    expect(left).toContain('a=ne');
    expect(left).toContain('a=new');
  });

  it('of a file that is replaced as it should be is the old or the new one', () => {
    write('a', 'old');
    const left = leftBy(() => {
      fsyncSync(write('a.tmp', 'new'));
      renameSync(join(folder, 'a.tmp'), join(folder, 'a'));
      syncFolder();
    });
    for (const image of left) expect(image).toMatch(/^(a\.tmp=.* )?a=(old|new)$/s);
    expect(left).toContain('a=new');
    expect(left).toContain('a.tmp=new a=old');
  });

  it('of a name that was never synced may be nothing', () => {
    const left = leftBy(() => {
      mkdirSync(join(folder, 'x'));
      fsyncSync(write('x/a', 'abc'));
      syncFolder('x');
    });
    const possible = ['', 'x/', 'x/ x/a=', 'x/ x/a=\0\0\0', 'x/ x/a=abc'];
    for (const image of possible) expect(left).toContain(image);
    const torn = ['x/ x/a=a', 'x/ x/a=ab'];
    expect([...left].filter((image) => ![...possible, ...torn].includes(image))).toStrictEqual([]);
  });

  it('keeps what was promised: marks say where', () => {
    using recording = recordFiles(folder);
    fsyncSync(write('a', 'abc'));
    syncFolder();
    recording.mark('a is safe');
    write('a', 'd', 'a');
    const after = [...crashImages(recording)].filter(({ promised }) => promised.length > 0);
    expect(after.map(({ image }) => show(image))).toStrictEqual(
      expect.arrayContaining(['a=abc', 'a=abcd']),
    );
    for (const { image } of after) expect(show(image)).toMatch(/^a=abc/);
  });
});

it('an image can be put on a disk', () => {
  const image = new Map([
    ['x', undefined],
    ['x/a', Buffer.from('abc')],
  ]);
  const into = join(folder, 'image');
  materialise(image, into);
  using recording = recordFiles(into);
  expect([...recording.before].map(([path, bytes]) => [path, String(bytes)])).toStrictEqual([
    [join(into, 'x/a'), 'abc'],
  ]);
});
