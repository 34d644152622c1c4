import { cpus, totalmem } from 'node:os';
import { EXIT, isArcherError } from '@archer-nas/core';
import { formatTable } from '@archer-nas/report';
import { dataFolder } from '@archer-nas/runtime';
import { listDataCache } from '../data-cache.ts';
import { loadInstalled } from '../installed.ts';
import { ownVersion } from '../own-version.ts';
import type { Command } from './command.ts';
import { type RunArguments, runOptions } from './run-options.ts';

type Check = readonly [what: string, verdict: 'ok' | 'problem' | 'none', detail: string];

interface Arguments extends Pick<RunArguments, 'engine' | 'isa' | 'precision' | 'data'> {}

/** `archer doctor`: what works on this machine. */
export const doctor: Command<Arguments> = {
  command: 'doctor',
  describe: 'Check engine, data, tracker and versions on this machine',
  builder: {
    engine: { type: 'string', describe: 'Engine to check; the automatic choice otherwise' },
    ...{ isa: runOptions.isa, precision: runOptions.precision },
    data: { type: 'string', describe: 'Data folder; ARCHER_DATA or ~/.cache/archer otherwise' },
  },
  async run({ engine, isa, precision, data }, output) {
    const checks: Check[] = [
      ['archer', 'ok', `@archer-nas/cli ${ownVersion()}`],
      nodeCheck(process.version),
      ['machine', 'ok', `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`],
      await checked('engine', async () => {
        // Not with the module: every command, and every process of a pool, would load tensors.
        const { engineChoice, startEngine } = await import('@archer-nas/engine');
        const choice = engineChoice(engine, process.env);
        return (await startEngine({ engine: choice, isa, precision })).description;
      }),
      await checked('plugins', async () => {
        const { entries, problems } = await loadInstalled(process.cwd());
        if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join(' '));
        return `${entries.length} installed`;
      }),
      await checked('data', async () => {
        const folder = dataFolder(data);
        const sets = await listDataCache(folder);
        return `${folder}: ${sets.length === 0 ? 'empty' : sets.join(', ')}`;
      }),
      await trackerCheck(process.env.MLFLOW_TRACKING_URI),
    ];
    output.line(formatTable({ columns: ['what', '', 'detail'], rows: checks }, output));
    output.value(checks.map(([what, verdict, detail]) => ({ what, verdict, detail })));
    return checks.some(([, verdict]) => verdict === 'problem') ? EXIT.failed : EXIT.ok;
  },
};

async function checked(what: string, work: () => Promise<string>): Promise<Check> {
  try {
    return [what, 'ok', await work()];
  } catch (error) {
    return [what, 'problem', reasonOf(error)];
  }
}

/** What is behind an error: of `fetch failed`, that the connection was refused. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  const hint = isArcherError(error) ? error.hint : code;
  return hint === undefined ? error.message : `${error.message} (${hint})`;
}

/** The versions in this package's `engines`. */
export function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const supported = major >= 24 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  const platform = `${process.platform}-${process.arch}`;
  if (supported) return ['node', 'ok', `${version} on ${platform}`];
  return ['node', 'problem', `${version} is not supported; 20.19, 22.12 or 24 and later are`];
}

/** MLflow answers `/health`; credentials in the address are not shown. */
async function trackerCheck(uri: string | undefined): Promise<Check> {
  if (!uri) return ['tracker', 'none', 'MLFLOW_TRACKING_URI is not set; runs are kept in folders'];
  const shown = uri.replace(/\/\/[^@/]*@/, '//');
  return checked('tracker', async () => {
    if (!/^https?:/.test(uri)) throw new Error(`${shown} is no http address`);
    const url = new URL('health', `${uri.replace(/\/+$/, '')}/`);
    url.username = '';
    url.password = '';
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(`${shown} answers ${response.status}`);
    return `${shown} answers`;
  });
}
