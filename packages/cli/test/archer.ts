import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';
import { main } from '../src/main.ts';

/** What a command said and how it ended. */
export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const file = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The built command. */
export const BIN = file('dist/bin.js');
/** An experiment of the repository. */
export const manifestOf = (experiment: string): string =>
  file(`../../experiments/${experiment}/manifest.yaml`);

/** Runs a command line in this process. */
export async function archer(...args: string[]): Promise<Said> {
  const texts = { out: '', err: '' };
  const spies = (['out', 'err'] as const).map((name) =>
    vi.spyOn(process[`std${name}`], 'write').mockImplementation((chunk) => {
      texts[name] += String(chunk);
      return true;
    }),
  );
  try {
    return { code: await main(args), ...texts };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** Runs a command line with `--json`; what it prints is one JSON value, or this throws. */
export async function archerJson<T = unknown>(
  ...args: string[]
): Promise<{ code: number | null; value: T }> {
  const { code, out } = await archer(...args, '--json');
  return { code, value: JSON.parse(out) as T };
}

/** A process of the built command. `said` waits for its end. */
export interface Child {
  readonly process: ChildProcess;
  readonly said: Promise<Said>;
  /** Waits until standard output has the text. */
  prints(text: string): Promise<void>;
}

/** Starts a process: the built command, or another one. */
export function start(
  args: readonly string[],
  options: SpawnOptions = {},
  command = process.execPath,
) {
  const all = command === process.execPath ? [BIN, ...args] : [...args];
  const child = spawn(command, all, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const texts = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => {
    texts.out += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    texts.err += String(chunk);
  });
  const said = new Promise<Said>((resolve) => {
    child.on('close', (code) => resolve({ code, ...texts }));
  });
  const prints = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (texts.out.includes(text)) resolve();
      };
      child.stdout?.on('data', look);
      child.on('close', () => reject(new Error(`ended without "${text}":\n${texts.err}`)));
      look();
    });
  return { process: child, said, prints } satisfies Child;
}

/** A folder that is removed with the test, or by `remove` when made outside of one. */
export function temporaryFolder(): string {
  const folder = makeFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder that the caller removes. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'archer-cli-'));
}
