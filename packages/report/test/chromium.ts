import { existsSync } from 'node:fs';

/** Where Chromium lies on this machine: `ARCHER_CHROMIUM`, or the usual places. */
export const CHROMIUM = [
  process.env.ARCHER_CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== '' && existsSync(path));
