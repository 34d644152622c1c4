// @ts-check
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const hasPython = spawnSync('python3', ['--version']).status === 0;
const tables =
  process.env.ARCHER_TEST_TABLES ?? resolve(import.meta.dirname, '../../../shared/data');

describe.skipIf(!hasPython)('nats-bench.py', () => {
  it('passes its own tests, on the official samples where they are', () => {
    const { status, stderr } = spawnSync(
      'python3',
      ['-B', '-m', 'unittest', 'nats_bench_test.py'],
      { cwd: import.meta.dirname, env: { ...process.env, NATS_SAMPLES: tables }, encoding: 'utf8' },
    );
    expect(status, stderr).toBe(0);
  });
});
