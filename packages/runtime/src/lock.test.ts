import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { acquireLock } from './lock.ts';
import { isProvablyDead, type Owner, thisProcess } from './process-owner.ts';

/** A process of this machine that has ended. */
function deadProcess(): Owner {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  return { ...thisProcess(), pid, started: '1' };
}

const lockedBy = (who: string) =>
  expect.objectContaining({
    code: 'ARCHER_LOCKED',
    exit: 7,
    message: expect.stringContaining(who),
  });

/** A lock file in a folder, with the given owner in it. */
function lockFile(folder: string, owner?: Owner | string): string {
  const file = join(folder, 'lock');
  if (owner !== undefined) {
    writeFileSync(file, typeof owner === 'string' ? owner : `${JSON.stringify(owner)}\n`);
  }
  return file;
}

describe('acquireLock', () => {
  it('holds the file until it is released, and leaves nothing', () => {
    using folder = temporaryFolder();
    const file = lockFile(folder.path);
    {
      using lock = acquireLock(file);
      expect(lock.takenOver).toBe(false);
      expect(JSON.parse(readFileSync(file, 'utf8'))).toStrictEqual(thisProcess());
      expect(() => acquireLock(file)).toThrow(lockedBy(`process ${process.pid} on`));
    }
    expect(readdirSync(folder.path)).toStrictEqual([]);
    acquireLock(file).release();
  });

  it('R21 takes over from a process that is gone', () => {
    using folder = temporaryFolder();
    const file = lockFile(folder.path, deadProcess());
    using lock = acquireLock(file);
    expect(lock.takenOver).toBe(true);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toStrictEqual(thisProcess());
    expect(readdirSync(folder.path)).toStrictEqual(['lock']);
  });

  it.each([
    ['a process id that was used again', { started: '1' }],
    ['an earlier boot', { boot: 'another' }],
  ])('R21 takes over from %s', (_, changes) => {
    using folder = temporaryFolder();
    const file = lockFile(folder.path, { ...thisProcess(), ...changes });
    using lock = acquireLock(file);
    expect(lock.takenOver).toBe(process.platform === 'linux');
  });

  it.each([
    ['another host', { host: 'node-17' }],
    ['another container', { namespace: 'pid:[1]' }],
  ])('R21 never takes over from %s', (_, changes) => {
    using folder = temporaryFolder();
    const owner = { ...deadProcess(), ...changes };
    const file = lockFile(folder.path, owner);
    expect(() => acquireLock(file)).toThrow(lockedBy(`process ${owner.pid} on ${owner.host}`));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toStrictEqual(owner);
  });

  it.each(['', 'hello', '{"pid":1}', '[]', 'null'])('refuses the file %j', (content) => {
    using folder = temporaryFolder();
    const file = lockFile(folder.path, content);
    expect(() => acquireLock(file)).toThrow(lockedBy('does not name its owner'));
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  it('goes on when the process that took over died over it', () => {
    using folder = temporaryFolder();
    const file = lockFile(folder.path, deadProcess());
    writeFileSync(`${file}.takeover`, `${JSON.stringify(deadProcess())}\n`);
    using lock = acquireLock(file);
    expect(lock.takenOver).toBe(true);
    expect(readdirSync(folder.path)).toStrictEqual(['lock']);
  });

  it('does not take over while another process does', () => {
    using folder = temporaryFolder();
    const file = lockFile(folder.path, deadProcess());
    writeFileSync(`${file}.takeover`, `${JSON.stringify(thisProcess())}\n`);
    expect(() => acquireLock(file)).toThrow(lockedBy(`process ${process.pid}`));
  });

  it('leaves a lock alone that somebody else took in the meantime', () => {
    using folder = temporaryFolder();
    const file = lockFile(folder.path);
    const lock = acquireLock(file);
    writeFileSync(file, 'somebody else');
    lock.release();
    expect(existsSync(file)).toBe(true);
  });
});

describe('isProvablyDead', () => {
  it('is false for this process and for its parent', () => {
    expect(isProvablyDead(thisProcess())).toBe(false);
    expect(isProvablyDead({ ...thisProcess(), pid: process.ppid, started: '' })).toBe(false);
  });

  it('is true for a process that has ended', () => {
    expect(isProvablyDead({ ...deadProcess(), started: '' })).toBe(true);
  });
});
