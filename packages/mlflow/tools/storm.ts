import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Faults, SeenRequest, Trouble } from '@archer-nas/testkit/faults';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.join(HERE, '../../..');
const CLI = path.join(ROOT, 'packages/cli/dist/bin.js');

/** Compiles what the processes of a storm import. */
export function buildForStorm(): void {
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  const packages = ['mlflow', 'testkit', 'cli'].map((name) => `packages/${name}`);
  execFileSync(process.execPath, [tsc, '-b', ...packages], { cwd: ROOT, stdio: 'inherit' });
}

/** What a run in a storm is given. */
export interface StormRun {
  readonly out: string;
  /** Of the server; without one the run is not tracked. */
  readonly uri?: string;
  /** Of one request. */
  readonly timeoutMs?: number;
  readonly rounds: number;
  readonly stepMs: number;
  /** Kills itself with SIGKILL behind this step. */
  readonly killAt?: number;
}

/** A process of the storm. */
export interface StormProcess {
  /** Resolves when it has printed this line; rejects when it ends without. */
  said(line: string): Promise<void>;
  readonly end: Promise<{ readonly code: number | null; readonly out: string; err: string }>;
}

/** Runs, or goes on with, the run. */
export function startRun(run: StormRun): StormProcess {
  return follow(node(path.join(HERE, 'storm-child.mjs'), 'run', JSON.stringify(run)));
}

/** `archer sync` in a process of its own. */
export function startSync(folder: string, ...more: string[]): StormProcess {
  return follow(node(CLI, 'sync', folder, '--json', ...more));
}

/** The points [key, step, value] that the journal asks for, each once. */
export async function journalPoints(folder: string): Promise<[string, number, number][]> {
  const { out } = await follow(node(path.join(HERE, 'storm-child.mjs'), 'points', folder)).end;
  return JSON.parse(out);
}

/** Every n-th request meets a trouble of its own kind, `half` stores half of a batch. */
export const badWeather: Faults = (request, count) => {
  if (count % 7 === 3) return 'lost';
  if (count % 11 === 5) return 'cut';
  if (count % 13 === 6) return { status: 500 };
  if (count % 17 === 8) return { status: 502, body: '<html>' };
  if (count % 19 === 9) return { status: 429, headers: { 'retry-after': '0' } };
  if (count % 23 === 10) return 'hang';
  return count % 5 === 1 ? half(request) : undefined;
};

function half(request: SeenRequest): Trouble | undefined {
  if (!request.url.endsWith('runs/log-batch')) return undefined;
  const batch = JSON.parse(request.body.toString());
  const metrics = batch.metrics.slice(0, batch.metrics.length / 2);
  const body = Buffer.from(JSON.stringify({ ...batch, metrics, tags: [] }));
  return { instead: { ...request, body }, answer: 'cut' };
}

function node(...args: string[]): ChildProcess {
  const env = { ...process.env, MLFLOW_TRACKING_URI: '' };
  return spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

function follow(child: ChildProcess): StormProcess {
  const lines: string[] = [];
  const waiting = new Map<string, () => void>();
  let err = '';
  child.stderr?.on('data', (text) => {
    err += text;
  });
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      waiting.get(line)?.();
    });
  const end = once(child, 'close').then(([code]) => ({ code, out: lines.join('\n'), err }));
  return {
    end,
    said: (line) =>
      new Promise((resolve, reject) => {
        if (lines.includes(line)) return resolve();
        waiting.set(line, resolve);
        void end.then((ended) => reject(new Error(`ended without "${line}":\n${ended.err}`)));
      }),
  };
}
