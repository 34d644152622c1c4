import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Python imports for a while, longer on a busy machine. */
const START_MS = 150_000;

/** A running MLflow server; the one of `MLFLOW_TEST_URI` is left running at the end. */
export interface RealServer extends AsyncDisposable {
  readonly url: string;
  /** Kills it as a power cut would; absent for a server that we did not start. */
  kill?(): Promise<void>;
  /** Starts it again, on the same port and data. */
  restart?(): Promise<void>;
}

/** How a real server can be had here, or `undefined`. */
export function realServer(env = process.env): { start(): Promise<RealServer> } | undefined {
  const url = env.MLFLOW_TEST_URI;
  if (url) return { start: async () => ({ url, [Symbol.asyncDispose]: async () => {} }) };
  const venv = env.ARCHER_MLFLOW_VENV ?? path.join(ROOT, '.cache/mlflow-venv');
  const program = path.join(venv, 'bin/mlflow');
  return existsSync(program) ? { start: () => launch(program) } : undefined;
}

async function launch(program: string): Promise<RealServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'archer-mlflow-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child = start(program, folder, port);
  const stop = async () => {
    await end(child.process);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    await answering(url, child.process);
  } catch (error) {
    await stop();
    throw new Error(`${program} server did not start:\n${child.output.join('')}`, { cause: error });
  }
  return {
    url,
    kill: () => killed(child.process),
    restart: async () => {
      child = start(program, folder, port);
      await answering(url, child.process);
    },
    [Symbol.asyncDispose]: stop,
  };
}

function start(program: string, folder: string, port: number) {
  const output: string[] = [];
  const child = spawn(program, serverArguments(port), {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (chunk) => output.push(String(chunk)));
  child.stderr.on('data', (chunk) => output.push(String(chunk)));
  return { process: child, output };
}

/** The whole family of processes at once. */
async function killed(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await exited;
}

function serverArguments(port: number): string[] {
  const place = [
    '--backend-store-uri',
    'sqlite:///mlflow.db',
    '--artifacts-destination',
    'artifacts',
  ];
  return ['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1', ...place];
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (let waitedMs = 0; waitedMs < START_MS; waitedMs += 250) {
    if (child.exitCode !== null) throw new Error(`exit code ${child.exitCode}`);
    const response = await fetch(`${url}/health`).catch(() => undefined);
    if (response?.ok) return;
    await sleep(250);
  }
  throw new Error(`no answer within ${START_MS} ms`);
}

/** The server is a family of processes: its group is ended, not only the first. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid, 'SIGTERM');
  const late = sleep(5000, 'late', { ref: false });
  if ((await Promise.race([exited, late])) !== 'late') return;
  process.kill(-child.pid, 'SIGKILL');
  await exited;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
