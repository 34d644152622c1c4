import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RunPoint } from '@archer-nas/testkit/faults';
import type { RunOptions } from '../src/run.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const REPOSITORY = join(HERE, '..', '..', '..');

/** What a child runs. */
export interface ChildOptions {
  /** Must survive JSON. */
  readonly options: RunOptions;
  /** Kills itself with SIGKILL at this event: `step search 3`, `checkpoint search`. */
  readonly killAt?: string;
  /** Kills itself with SIGKILL when it first comes to this point. */
  readonly killPoint?: RunPoint;
  /** How long a step may take after a signal. */
  readonly graceMs?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** How a process ended. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** One line per event of the run. */
  readonly events: readonly string[];
}

/** A running child. */
export interface Child {
  readonly process: ChildProcess;
  /** Resolves when the child has told of this event. */
  seen(event: string): Promise<void>;
  readonly end: Promise<ChildEnd>;
}

/** Compiles what the children import. */
export function buildForChildren(): void {
  const tsc = join(REPOSITORY, 'node_modules', 'typescript', 'bin', 'tsc');
  const packages = ['packages/runtime', 'packages/testkit'];
  execFileSync(process.execPath, [tsc, '-b', ...packages], { cwd: REPOSITORY, stdio: 'inherit' });
}

/** Starts a process that runs a manifest of toys. */
export function startChild({
  options,
  killAt,
  killPoint,
  graceMs,
  env = {},
  cwd = HERE,
}: ChildOptions): Child {
  const script = join(HERE, 'child-run.mjs');
  const child = spawn(
    process.execPath,
    [script, JSON.stringify({ options, killAt, killPoint, graceMs })],
    {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const events: string[] = [];
  const waiting = new Map<string, () => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    events.push(line);
    waiting.get(line)?.();
  });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => {
    stderr += text;
  });
  return {
    process: child,
    seen: (event) =>
      events.includes(event)
        ? Promise.resolve()
        : new Promise((resolve) => waiting.set(event, resolve)),
    end: once(child, 'close').then(([code, signal]) => ({ code, signal, stderr, events })),
  };
}

/** Runs a child to its end. */
export function runChild(options: ChildOptions): Promise<ChildEnd> {
  return startChild(options).end;
}
