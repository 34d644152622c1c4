import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['@archer-nas/source', 'module', 'node'] } },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts'],
    testTimeout: 30_000,
    // A busy machine is not a failure.
    expect: { poll: { timeout: 10_000 } },
  },
});
