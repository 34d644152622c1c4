import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crashAt, failing, fullDisk, shortWrites } from './disk-faults.ts';
import { Crash, type FileCall } from './file-call.ts';
import { interceptFiles } from './intercept-files.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archer-faults-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a file through a descriptor. */
function write(name: string, text: string): number {
  const descriptor = openSync(join(folder, name), 'w');
  try {
    return writeSync(descriptor, Buffer.from(text));
  } finally {
    closeSync(descriptor);
  }
}

describe('interceptFiles', () => {
  it('sees the calls below its folder in order, and leaves what they do as it is', () => {
    const seen: string[] = [];
    const judge = ({ name, path }: FileCall) => {
      seen.push(`${name} ${path.slice(folder.length)}`);
      return undefined;
    };
    {
      using _ = interceptFiles(folder, judge);
      mkdirSync(join(folder, 'a/b'), { recursive: true });
      writeFileSync(join(folder, 'a/b/c'), 'text');
      appendFileSync(join(folder, 'a/b/c'), ' more');
      expect(readFileSync(join(folder, 'a/b/c'), 'utf8')).toBe('text more');
      rmSync(join(folder, 'a'), { recursive: true });
      existsSync(tmpdir());
    }
    expect(readdirSync(folder)).toStrictEqual([]);
    expect(seen).toStrictEqual([
      'mkdir /a',
      'mkdir /a/b',
      'open /a/b/c',
      'write /a/b/c',
      'open /a/b/c',
      'write /a/b/c',
      'read /a/b/c',
      'unlink /a/b/c',
      'rmdir /a/b',
      'rmdir /a',
    ]);
    write('after', 'nobody looks');
    expect(seen).toHaveLength(10);
  });

  it('refuses a second one inside the first, whose scope ends all the same', () => {
    {
      using _ = interceptFiles(folder, () => undefined);
      expect(() => interceptFiles(folder, () => undefined)).toThrow('end that scope first');
    }
    interceptFiles(folder, () => undefined)[Symbol.dispose]();
  });
});

describe('a scripted fault', () => {
  it.each(['ENOSPC', 'EIO', 'EACCES', 'EROFS', 'EMFILE'] as const)(
    'throws %s as Node.js does',
    (code) => {
      using _ = interceptFiles(folder, failing(code, { calls: ['open'], path: /b$/ }));
      expect(write('a', 'text')).toBe(4);
      expect(() => write('b', 'text')).toThrow(
        expect.objectContaining({ code, syscall: 'open', path: join(folder, 'b') }),
      );
    },
  );

  it('begins and ends where it is told to', () => {
    using _ = interceptFiles(folder, failing('EIO', { calls: ['write'], from: 2, times: 1 }));
    expect(write('a', 'text')).toBe(4);
    expect(() => write('b', 'text')).toThrow('EIO: i/o error, write');
    expect(write('c', 'text')).toBe(4);
  });

  it('fills a disk in the middle of a write', () => {
    using _ = interceptFiles(folder, fullDisk(2));
    write('a', 'text');
    expect(() => write('b', 'text')).toThrow('ENOSPC');
    expect(() => write('c', 'text')).toThrow('ENOSPC');
    expect(['a', 'b', 'c'].map((name) => readFileSync(join(folder, name), 'utf8'))).toStrictEqual([
      'text',
      'te',
      '',
    ]);
  });

  it('takes writes in pieces', () => {
    using _ = interceptFiles(folder, shortWrites(3));
    expect(write('a', 'text')).toBe(3);
    writeFileSync(join(folder, 'b'), 'seven b');
    expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('seven b');
  });

  it('kills: what was done stays, nothing is done afterwards, not even the tidying up', () => {
    {
      // open a, write a, open b, write b
      using _ = interceptFiles(folder, crashAt(4, 2));
      write('a', 'text');
      expect(() => write('b', 'text')).toThrow(Crash);
      expect(() => rmSync(join(folder, 'b'), { force: true })).toThrow(Crash);
      expect(() => write('c', 'text')).toThrow(Crash);
    }
    expect(readdirSync(folder)).toStrictEqual(['a', 'b']);
    expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('te');
  });
});
