import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkGolden } from './golden.ts';
import { temporaryFiles } from './temporary-file.ts';

const decisions = [{ id: 'a-0', architecture: [0, 1] }];

/** A committed trace whose text was changed by hand. */
async function committed(change: (text: string) => string): Promise<string> {
  const file = join(temporaryFiles({}), 'golden.txt');
  const text = await textOf();
  writeFileSync(file, change(text));
  return file;
}

async function textOf(): Promise<string> {
  const file = join(temporaryFiles({ 'golden.txt': '' }), 'golden.txt');
  const refused = await checkGolden(file, 'sampler toy', {
    decisions,
    rounded: { loss: 0.5 },
  }).catch((error: { actual?: string }) => error.actual);
  return refused ?? readFileSync(file, 'utf8');
}

describe('R37 a golden trace', () => {
  it('passes while decisions are the same and numbers of tensors are near', async () => {
    const file = await committed((text) => text.replace('0.5', '0.50004'));
    await checkGolden(file, 'sampler toy', { decisions, rounded: { loss: 0.5 } });
  });

  it.each([
    ['another decision', [{ id: 'a-0', architecture: [1, 1] }], 0.5],
    ['one decision more', [...decisions, ...decisions], 0.5],
    ['a number that is further away', decisions, 0.501],
  ])('fails for %s, and says when that is legitimate', async (_, changed, loss) => {
    const file = await committed((text) => text);
    const check = checkGolden(file, 'sampler toy', { decisions: changed, rounded: { loss } });
    await expect(check).rejects.toThrow(/changes legitimately only[\s\S]*vitest run .* -u/);
  });
});
