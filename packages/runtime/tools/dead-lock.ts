import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Owner } from '../src/process-owner.ts';

/** Makes the lock of a run folder one that was taken before the machine started again. */
export function ownerDied(folder: string): void {
  const file = join(folder, 'lock');
  if (!existsSync(file)) return;
  const text = readFileSync(file, 'utf8');
  if (!text.endsWith('}\n')) return; // torn: the run is to say so
  const owner = JSON.parse(text) as Owner;
  writeFileSync(file, `${JSON.stringify({ ...owner, boot: 'before the crash' })}\n`);
}
