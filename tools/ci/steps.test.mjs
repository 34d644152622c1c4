import { availableParallelism } from 'node:os';
import { expect, it, vi } from 'vitest';
import { atOnce, command, Steps } from './steps.mjs';

it('does all of a list, never more at a time than there are processors', async () => {
  let running = 0;
  let most = 0;
  const done = /** @type {number[]} */ ([]);
  const items = Array.from({ length: 9 }, (_, item) => item);
  await atOnce(items, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
    done.push(item);
  });
  expect(done.sort()).toEqual(items);
  expect(most).toBe(Math.min(items.length, availableParallelism()));
});

it('rejects when the work on one of a list fails', async () => {
  const work = async (/** @type {number} */ item) => {
    if (item === 2) throw new Error('two');
  };
  await expect(atOnce([1, 2, 3], work)).rejects.toThrow('two');
});

it('counts a step as one test where its work gives what it has printed, or nothing', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const steps = new Steps();
  await steps.run('says', /** @type {any} */ (async () => 'a table'));
  await steps.run('is silent', async () => {});
  await steps.run('counts', async () => ({ passed: 3, failed: 0, skipped: 1 }));
  const code = steps.close();
  const said = write.mock.calls.map(([text]) => text).join('');
  write.mockRestore();
  expect(code).toBe(0);
  expect(said).toContain('Tests: 5 passed, 0 failed, 1 skipped');
});

it('counts a step that fails, shows what a quiet command had said, and goes on', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const steps = new Steps();
  const failing = ['-e', 'console.log("the reason"); console.error("in red"); process.exit(3)'];
  await steps.runBeside('fails', () => command(process.execPath, failing, { quiet: true }));
  await steps.runBeside('works', async () => 'well');
  const code = steps.close();
  const said = write.mock.calls.map(([text]) => text).join('');
  write.mockRestore();
  expect(code).toBe(1);
  expect(said).toContain('── fails\nthe reason');
  expect(said).toContain('exit code 3');
  expect(said).toContain('── works\nwell');
  expect(said.slice(said.indexOf('FAILED fails: '))).toContain('in red');
  expect(said).toContain('Tests: 1 passed, 1 failed, 0 skipped');
});
