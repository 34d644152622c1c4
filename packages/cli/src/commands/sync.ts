import { EXIT, isArcherError } from '@archer-nas/core';
import { type SyncReport, type SyncStatus, syncRun } from '@archer-nas/runtime';
import { exhibitionOf } from '../exhibition.ts';
import { describeError, type Output } from '../output.ts';
import { runsBelow, usualRuns } from '../run-folders.ts';
import type { Command } from './command.ts';

interface Arguments {
  runs?: string[];
  to?: string;
  dryRun: boolean;
}

const SAID: Readonly<Record<SyncStatus, string>> = {
  sent: 'sent',
  complete: 'nothing left to send',
  waiting: 'would be sent',
  unsent: 'not sent',
  running: 'another process runs or sends it; nothing done',
  untracked: 'not tracked',
};

/** `archer sync`: sends what a tracker could not take. */
export const sync: Command<Arguments> = {
  command: 'sync [runs..]',
  describe: 'Send what trackers have not got yet, or whole runs to another server',
  builder: {
    runs: {
      type: 'string',
      array: true,
      describe: 'Run folders, or folders or manifests of runs; all below here otherwise',
    },
    to: { type: 'string', describe: 'Address of another server, which gets all of it' },
    'dry-run': { type: 'boolean', default: false, describe: 'Only say what would be sent' },
  },
  examples: [
    ['sync', "what is left of all runs in this folder's experiments"],
    ['sync results/default/seed-0 --to http://host:5000', 'a whole run, to another server'],
  ],
  async run({ runs = [], to, dryRun }, output) {
    const folders = runs.length > 0 ? runs.flatMap(runsBelow) : usualRuns('.');
    const onNotice = (line: string): void => output.note(line);
    const reports: SyncReport[] = [];
    const failures: Failure[] = [];
    for (const folder of folders) {
      try {
        const report = await syncRun(folder, { to, dryRun, onNotice, exhibit: exhibitionOf });
        reports.push(report);
        show(report, output);
      } catch (error) {
        // The other runs are sent all the same.
        if (!isArcherError(error)) throw error;
        const { code, message, exit } = error;
        failures.push({ folder, error: { code, message }, exit });
        output.note(describeError(error, output.colour));
      }
    }
    if (folders.length === 0) output.line('There are no runs here.');
    output.value([...reports, ...failures.map(({ folder, error }) => ({ folder, error }))]);
    return failures[0]?.exit ?? exitCode(reports);
  },
};

/** A run that cannot be sent at all. */
interface Failure {
  readonly folder: string;
  readonly error: { readonly code: string; readonly message: string };
  readonly exit: number;
}

function show({ folder, status, waiting, unsent, refused, reason }: SyncReport, output: Output) {
  output.line(`${folder}: ${SAID[status]}${reason === undefined ? '' : ` (${reason})`}`);
  const details = status === 'waiting' ? waiting : unsent;
  for (const line of details) output.line(`  ${line}`);
  for (const line of refused) output.line(`  never: ${line}`);
}

/** Something that is left is a failure; a run that goes on sends by itself, and is none. */
function exitCode(reports: readonly SyncReport[]): number {
  const isLeft = ({ status, refused }: SyncReport) => status === 'unsent' || refused.length > 0;
  if (reports.some(isLeft)) return EXIT.failed;
  const isOnlyRunning = reports.length > 0 && reports.every(({ status }) => status === 'running');
  return isOnlyRunning ? EXIT.locked : EXIT.ok;
}
