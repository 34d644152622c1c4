import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Fetches the tarball of a package into a folder. */
export type Pack = (
  spec: string,
  folder: string,
  onBytes: (doneBytes: number) => void,
) => Promise<string>;

const POLL_MS = 250;
/** npm retries by itself; this is for a connection that neither moves nor ends. */
const STALL_TIMEOUT_MS = 60_000;

/**
 * `npm pack` of a published package: its tarball is fetched, nothing of it is installed or
 * run. npm brings the user's registry, proxy and credentials. Its cache goes into `folder`
 * too, so that its growth tells the progress and the user's own cache does not swell.
 *
 * @returns the path of the tarball
 * @throws when npm is missing, fails (the message has its own words) or stalls
 */
export const npmPack: Pack = async (spec, folder, onBytes) => {
  const cache = join(folder, 'npm-cache');
  const args = ['pack', spec, '--ignore-scripts', '--pack-destination', folder];
  args.push('--cache', cache, '--prefix', folder, '--workspaces=false');
  args.push('--fetch-retries', '1', '--fetch-retry-mintimeout', '1000');
  args.push('--no-update-notifier', '--no-audit', '--no-fund', '--json');
  await runNpm(args, folder, () => folderBytes(cache), onBytes);
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error(`npm pack ${spec} left no tarball`);
  return join(folder, tarball);
};

function runNpm(
  args: readonly string[],
  cwd: string,
  measure: () => Promise<number>,
  onBytes: (bytes: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const [command, ...first] = npmCommand();
    const child = spawn(command, [...first, ...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '';
    let stalled = false;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words += text;
    });
    const poll = whenStill(measure, onBytes, () => {
      stalled = true;
      child.kill();
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      poll.stop();
      const what = error.code === 'ENOENT' ? 'npm was not found' : 'npm cannot be started';
      reject(new Error(what, { cause: error })); // its code is not one of the cache's disk
    });
    child.on('close', (code) => {
      poll.stop();
      if (stalled) reject(new Error(`npm received nothing for ${STALL_TIMEOUT_MS / 1000} s`));
      else if (code !== 0) reject(npmFailure(words, code));
      else resolve();
    });
  });
}

/**
 * How to start npm without a shell. Under npm and npx its script is known; on Windows `npm`
 * is a batch file, which only a shell can start, so node's own copy is taken.
 */
function npmCommand(): [string, ...string[]] {
  const script = process.env.npm_execpath;
  if (script?.endsWith('npm-cli.js')) return [process.execPath, script];
  if (process.platform !== 'win32') return ['npm'];
  const beside = join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  return [process.execPath, beside];
}

/** Lines of npm's errors that tell a person nothing. */
const NOISE = /^(code|syscall|errno|type|stack|cwd|path|A complete log)\b/;

/** npm's own words, and its ENOSPC as a system error would carry it. */
function npmFailure(words: string, code: number | null): Error {
  const lines = words.match(/(?<=^npm (error|ERR!) ).+/gm) ?? [];
  const told = lines.find((line) => !NOISE.test(line)) ?? `exit code ${code}`;
  const error = new Error(`npm pack failed: ${told}`);
  return /\bENOSPC\b/.test(words) ? Object.assign(error, { code: 'ENOSPC' }) : error;
}

/** Reports a measure now and then, and once when it has not changed for too long. */
function whenStill(
  measure: () => Promise<number>,
  onBytes: (bytes: number) => void,
  onStall: () => void,
): { stop(): void } {
  let last = -1;
  let stillMs = 0;
  const timer = setInterval(() => {
    void measure().then((bytes) => {
      stillMs = bytes === last ? stillMs + POLL_MS : 0;
      last = bytes;
      onBytes(bytes);
      if (stillMs >= STALL_TIMEOUT_MS) onStall();
    });
  }, POLL_MS);
  return { stop: () => clearInterval(timer) };
}

/** Bytes of the files under a folder; files that vanish meanwhile count nothing. */
async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map((file) =>
      stat(join(file.parentPath, file.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
