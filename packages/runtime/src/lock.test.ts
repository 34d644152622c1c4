import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { runToys, toyFolder } from '../tools/toy-runs.ts';
import { acquireLock, awaitLock } from './lock.ts';
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

describe('R21 a lock from another machine', () => {
  const elsewhere: Owner = { ...thisProcess(), host: 'node-17', pid: 1, job: 'slurm-7-3-0' };

  it.each([
    ['a job that is over is taken over', 'slurm-7-2-0 slurm-7-3-0', true],
    ['a job of which nobody says so is respected', 'slurm-7-3-1', false],
    ['a job is respected where there is no cluster', '', false],
  ])('of %s', (_, ended, isTaken) => {
    using folder = temporaryFolder();
    const file = lockFile(folder.path, elsewhere);
    vi.stubEnv('ARCHER_ENDED_JOBS', ended);
    vi.stubEnv('ARCHER_JOB', 'slurm-7-3-2');
    if (isTaken) {
      using lock = acquireLock(file);
      expect(lock.takenOver).toBe(true);
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ job: 'slurm-7-3-2' });
    } else expect(() => acquireLock(file)).toThrow(lockedBy('process 1 on node-17'));
    vi.unstubAllEnvs();
  });
});

describe('awaitLock', () => {
  const never = () => false;

  it('waits for a lock that is released in time', async () => {
    using folder = temporaryFolder();
    const file = lockFile(folder.path);
    const first = acquireLock(file);
    vi.stubEnv('ARCHER_LOCK_PATIENCE', '20');
    setTimeout(() => first.release(), 300);
    using lock = await awaitLock(file, never);
    expect(lock.takenOver).toBe(false);
    vi.unstubAllEnvs();
  });

  it.each([
    ['without patience', '', never],
    ['when its patience is over', '0.3', never],
    ['when it is to stop', '60', () => true],
  ])('refuses a lock that stays %s', async (_, patience, isToStop) => {
    using folder = temporaryFolder();
    const file = lockFile(folder.path);
    using _lock = acquireLock(file);
    vi.stubEnv('ARCHER_LOCK_PATIENCE', patience);
    await expect(awaitLock(file, isToStop)).rejects.toEqual(lockedBy(`process ${process.pid}`));
    vi.unstubAllEnvs();
  });
});

it('R15 a run of a launcher waits for a process of one that was killed, and goes on', async () => {
  using folder = temporaryFolder();
  mkdirSync(toyFolder(folder.path), { recursive: true });
  const orphan = acquireLock(lockFile(toyFolder(folder.path)));
  await expect(runToys(folder.path)).rejects.toEqual(lockedBy(`process ${process.pid}`));
  vi.stubEnv('ARCHER_LOCK_PATIENCE', '20');
  setTimeout(() => orphan.release(), 300);
  expect((await runToys(folder.path)).status).toBe('finished');
  vi.unstubAllEnvs();
});
