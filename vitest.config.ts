import { defineConfig } from 'vitest/config';

// One worker per processor: many tests wait for processes and servers.
export default defineConfig({
  test: { maxWorkers: '100%', projects: ['packages/*', 'plugins/*', 'tools'] },
});
