// @ts-check
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Worker } from './worker.mjs';

/** A process that starts a child, says the child's number once and then answers nothing. */
const SILENT = `
const { spawn } = require('node:child_process');
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
process.stdin.once('data', () => console.log(JSON.stringify({ pid: child.pid })));
`;

it('ends a process that does not answer in time, and what it has started', async () => {
  const worker = new Worker(process.execPath, ['-e', SILENT]);
  const { pid } = await worker.ask('first');
  await expect(worker.ask('second', {}, 0.2)).rejects.toThrow('no answer to second within 0.2 s');
  await worker.close();
  await expect.poll(() => alive(pid)).toBe(false);
});

/** Whether it still runs; who ended and was not asked about counts as ended. @param {number} pid */
function alive(pid) {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !stat.slice(stat.lastIndexOf(')')).startsWith(') Z');
  } catch {
    return false;
  }
}
