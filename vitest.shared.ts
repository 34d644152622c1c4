import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['@archer-nas/source', 'module', 'node'] } },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts'],
    // A busy machine is not a failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
  },
});
