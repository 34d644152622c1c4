import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// One worker more than processors: many tests wait for processes, servers and clusters.
export default defineConfig({
  test: {
    maxWorkers: availableParallelism() + 1,
    projects: ['packages/*', 'plugins/*', 'tools'],
  },
});
