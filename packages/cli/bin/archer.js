#!/usr/bin/env node
// What npm links as `archer`: it does so at installation, in a clone before anything is built.
import { existsSync } from 'node:fs';

const built = new URL('../dist/bin.js', import.meta.url);
if (existsSync(built)) await import(built.href);
else {
  console.error('archer is not built yet: npx nx run @archer-nas/cli:build');
  process.exitCode = 1;
}
