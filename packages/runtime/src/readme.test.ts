import { readFileSync } from 'node:fs';
import { EXIT } from '@archer-nas/core';
import { expect, it } from 'vitest';
import * as api from './index.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('names every function of the package, and every exit code', () => {
  const names = Object.keys(api).filter((name) => /^[a-z]/.test(name));
  const folders = ['dataFolder', 'outFolder', 'resultsBeside', 'seedFolder'];
  for (const name of names) if (!folders.includes(name)) expect(README).toContain(`\`${name}`);
  for (const code of Object.values(EXIT)) expect(README).toMatch(new RegExp(`\\| ${code} \\|`));
});
