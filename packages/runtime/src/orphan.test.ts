import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildForChildren } from '../tools/child.ts';

beforeAll(buildForChildren);

/** A process that works until its signal aborts, and longer when it is `stubborn`. */
function worker(options: { graceMs?: number; stubborn?: boolean }, env: NodeJS.ProcessEnv) {
  const runtime = new URL('../dist/index.js', import.meta.url).href;
  const code = `
    import { stopOnSignals } from ${JSON.stringify(runtime)};
    process.stdout.write('loaded\\n');
    await new Promise((resolve) => setTimeout(resolve, Number(process.env.LATE ?? 0)));
    const { signal } = stopOnSignals(${JSON.stringify(options)});
    const work = setInterval(() => {}, 1000);
    const end = () => { console.log(String(signal.reason)); ${options.stubborn ? '' : 'clearInterval(work);'} };
    if (signal.aborted) end(); else signal.addEventListener('abort', end);
    process.stdout.write('at work\\n');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });
  const stdout = child.stdout as Readable; // piped
  let text = '';
  const says = (word: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (text.includes(word)) resolve();
      };
      stdout.on('data', look);
      look();
    });
  stdout.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  // Not `close`, which does not come once the channel was closed from here.
  const output = once(stdout, 'end');
  const end = once(child, 'exit').then(async ([code]) => {
    await output;
    return { code, text };
  });
  return { child, says, end };
}

const WATCHING = { ARCHER_STOP_WITH_PARENT: '1' };

describe('R15 a process whose parent is gone', () => {
  it('stops as by a signal', async () => {
    const { child, says, end } = worker({}, WATCHING);
    await says('at work');
    child.disconnect();
    expect((await end).text).toContain('the parent is gone');
  });

  it('notices also what happened before it could listen', async () => {
    const { child, says, end } = worker({}, { ...WATCHING, LATE: '300' });
    await says('loaded');
    child.disconnect();
    expect((await end).text).toContain('the parent is gone');
  });

  it('ends by itself when its step does not within the grace period', async () => {
    const { child, says, end } = worker({ graceMs: 50, stubborn: true }, WATCHING);
    await says('at work');
    child.disconnect();
    expect((await end).code).toBe(130);
  });

  it('goes on where nobody asked it to watch', async () => {
    const { child, says, end } = worker({}, { ARCHER_STOP_WITH_PARENT: '' });
    await says('at work');
    child.disconnect();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(child.exitCode).toBeNull();
    child.kill('SIGTERM');
    expect((await end).text).toContain('SIGTERM');
  });
});
