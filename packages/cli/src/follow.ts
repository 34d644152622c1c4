import {
  formatRunReport,
  formatTable,
  formatVerdicts,
  runReport,
  seedTable,
  verdicts,
} from '@archer-nas/report';
import { type RunOptions, type RunSummary, shellQuoted, stopOnSignals } from '@archer-nas/runtime';
import type { Output } from './output.ts';
import { createProgress } from './progress.ts';

/**
 * Follows a run on the terminal: progress, then its reports; after an interruption the
 * command that goes on. @returns the exit code
 */
export async function follow(
  start: (options: Pick<RunOptions, 'signal' | 'onEvent'>) => Promise<RunSummary>,
  output: Output,
): Promise<number> {
  const progress = createProgress(output);
  using signals = stopOnSignals();
  signals.signal.addEventListener('abort', () => {
    output.note('Stopping after this step; the same again stops at once.');
  });
  let summary: RunSummary;
  try {
    summary = await start({ signal: signals.signal, onEvent: (event) => progress.onEvent(event) });
  } finally {
    progress.stop();
  }
  show(summary, output);
  return summary.exitCode;
}

function show({ status, exitCode, records, plan }: RunSummary, output: Output): void {
  const finished = records.filter((record) => record.status === 'finished');
  for (const record of finished) output.line(`\n${formatRunReport(runReport(record), output)}`);
  if (finished.length > 1) output.line(`\n${formatTable(seedTable(finished), output)}`);
  const { expect } = plan.resolved.manifest;
  if (finished.length > 1 && expect.length > 0) {
    output.line(`\n${formatVerdicts(verdicts(expect, finished), output)}`);
  }
  if (status !== 'finished') {
    const folder = records.at(-1)?.folder ?? plan.out;
    const why = status === 'time-up' ? 'The time is up' : 'Interrupted';
    output.note(
      `\n${why}; nothing is lost. Go on with the same command, or this seed alone with:\n` +
        `  archer resume ${shellQuoted(folder)}`,
    );
  }
  output.value({ status, exitCode, runs: records.map((record) => runReport(record)) });
}
