import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tools/temporary-folder.ts';

const SOUND = 'name: a\nspace: { use: b }\nstrategy: { use: c }\n';
const CHILD = fileURLToPath(new URL('../../tools/read-manifests.mjs', import.meta.url));
/** Generous: it is for what hangs. */
const TIMEOUT_MS = 120_000;

const keys = (n: number): string => Array.from({ length: n }, (_, i) => `k${i}: 1`).join('\n');
const text = (content: string | Uint8Array) => (file: string) => writeFileSync(file, content);
const sized = (bytes: number) => (file: string) => {
  writeFileSync(file, '');
  truncateSync(file, bytes);
};

const CASES = [
  ['a pipe that nobody writes to', (f: string) => execFileSync('mkfifo', [f]), 2, 'no regular'],
  ['an endless device', (f: string) => symlinkSync('/dev/zero', f), 2, 'no regular file'],
  ['a link to itself', (f: string) => symlinkSync(f, f), 2, 'ELOOP'],
  ['a folder', (f: string) => mkdirSync(f), 2, 'is a folder'],
  ['not there', () => {}, 2, 'There is no manifest'],
  ['10 GB long', sized(1e10), 2, '10000000000 bytes'],
  ['10 MB long', sized(1e7), 2, '10000000 bytes'],
  ['1 MB long', text(`${SOUND}#${'x'.repeat(1e6)}`), 3, 'at most 262144'],
  ['not UTF-8', text(Uint8Array.of(0x6e, 0xff, 0x0a)), 3, 'not UTF-8'],
  ['UTF-16', text(Uint8Array.of(0xff, 0xfe, 0x6e, 0x00)), 3, 'not UTF-8'],
  ['empty', text(''), 3, 'nothing in it'],
  ['as many keys as fit', text(keys(22_000)), 3, 'Unrecognized keys'],
  ['as many mistakes as fit', text('%a\n'.repeat(87_000)), 3, 'not a valid manifest'],
  ['as many anchors as fit', text(`a: ${'&a '.repeat(87_000)}`), 3, 'one anchor'],
  ['as many lines as fit', text(`a: b${'\n'.repeat(260_000)}c`), 3, 'not a valid manifest'],
  ['as deep as fits', text('['.repeat(262_144)), 3, '64 levels'],
  ['as many quotes as fit', text(`a: '${"''".repeat(131_000)}`), 3, 'not a valid manifest'],
] as const;

describe('R40 a manifest file that is', () => {
  it('hostile never hangs, and is refused with a clear error', { timeout: TIMEOUT_MS }, () => {
    using folder = temporaryFolder();
    const files = CASES.map((_, i) => join(folder.path, `${i}.yaml`));
    for (const [i, [, make]] of CASES.entries()) make(files[i] as string);
    const said = execFileSync(process.execPath, [CHILD, ...files], {
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
      encoding: 'utf8',
    });
    const outcomes = JSON.parse(said) as { exit: number; message: string }[];
    expect(outcomes).toEqual(
      CASES.map(([, , exit, why]) => ({
        ...{ code: 'ARCHER_MANIFEST', exit },
        message: expect.stringContaining(why),
      })),
    );
    for (const { message } of outcomes) expect(message.length).toBeLessThan(2500);
  });
});
