import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';

/** Traces to be made, by the title of their row. */
type Traces = Map<string, () => Promise<string>>;

const COLLECTOR = Symbol.for('@archer-nas/testkit/collector@1');
const execute = promisify(execFile);

/** What the other process is: nowhere, in another language, at another time of day. */
const ELSEWHERE = { TZ: 'Pacific/Chatham', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' };

/**
 * The program of the other process: loads a test file as vitest does, with the configuration of
 * its package, and traces the rows that it declares, the last one first.
 */
const PROGRAM = `
const [vite, root, file, configFile] = process.argv.slice(1);
const traces = (globalThis[Symbol.for('@archer-nas/testkit/collector@1')] = new Map());
const { createServer, version } = await import(vite);
// Lowers what this Node.js does not have yet, such as \`await using\`, as vitest does.
const target = 'node' + process.versions.node.split('.')[0];
const compiler = Number(version.split('.')[0]) < 8 ? 'esbuild' : 'oxc';
const server = await createServer({
  root,
  configFile,
  logLevel: 'error',
  [compiler]: { target },
  appType: 'custom',
  server: { middlewareMode: true, watch: null, hmr: false, ws: false },
  optimizeDeps: { noDiscovery: true },
});
await server.ssrLoadModule(file);
const found = {};
for (const [title, trace] of [...traces].reverse()) {
  found[title] = await trace().catch((error) => 'failed: ' + error);
}
await server.close();
process.stdout.write('\\n' + JSON.stringify(found), () => process.exit(0));
`;

/** One process for all rows of a file, by the file's path. */
const started = new Map<string, Promise<Readonly<Record<string, string>>>>();

/** In the other process: where rows leave their traces instead of tests. */
export function collector(): Traces | undefined {
  return (globalThis as Record<symbol, unknown>)[COLLECTOR] as Traces | undefined;
}

/** Collects the traces of the rows that `declare` declares; in the other process, among all. */
export function collecting(declare: () => void): Traces {
  const holder = globalThis as Record<symbol, unknown>;
  const outer = collector();
  const traces: Traces = outer ?? new Map();
  holder[COLLECTOR] = traces;
  declare();
  holder[COLLECTOR] = outer;
  return traces;
}

/**
 * Compares a trace with that of a new process, which loads the running test file again with
 * another time zone, language, working directory, and order of rows.
 *
 * @param file the test file that declares the row, unless it is the running one
 */
export async function checkElsewhere(
  title: string,
  trace: () => Promise<string>,
  file = expect.getState().testPath ?? '',
): Promise<void> {
  const all = started.get(file) ?? traceElsewhere(file);
  started.set(file, all);
  const here = await trace();
  const there = (await all)[title];
  expect(there, `trace of ${title} in another process`).toBe(here);
}

async function traceElsewhere(file: string): Promise<Readonly<Record<string, string>>> {
  const vitest = createRequire(import.meta.url).resolve('vitest/package.json');
  const vite = createRequire(vitest).resolve('vite/package.json');
  const entry = pathToFileURL(join(dirname(vite), 'dist/node/index.js')).href;
  const root = packageOf(file);
  const { stdout } = await execute(
    process.execPath,
    ['--input-type=module', '--eval', PROGRAM, entry, root, file, ...configurationOf(root)],
    { cwd: tmpdir(), env: { ...withoutVitest(process.env), ...ELSEWHERE }, maxBuffer: 1 << 24 },
  );
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n') + 1));
}

/** The folder of the nearest package.json. */
function packageOf(file: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) {
    folder = dirname(folder);
  }
  return folder;
}

/** The configuration that vitest takes; vite itself looks for its own names only. */
function configurationOf(root: string): readonly string[] {
  const [file] = readdirSync(root).filter((name) => /^vitest\.config\.[cm]?[jt]s$/.test(name));
  return file === undefined ? [] : [join(root, file)];
}

function withoutVitest(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const entries = Object.entries(env).filter(([key]) => !/^(VITEST|NODE_OPTIONS)/.test(key));
  return Object.fromEntries(entries);
}
