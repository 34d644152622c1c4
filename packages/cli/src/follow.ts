import { EXIT, type ExitCode } from '@archer-nas/core';
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

/** What a followed run is started with. */
export type Followed = Pick<RunOptions, 'signal' | 'onEvent'>;

/**
 * Follows a run on the terminal: progress, then its reports; after an interruption the
 * command that goes on. Without `report` progress only, and in JSON how it ended; without `value`
 * it is one of several whose caller writes JSON. @returns the exit code
 */
export async function follow(
  start: (options: Followed) => Promise<RunSummary>,
  output: Output,
  { report = true, value = true }: { readonly report?: boolean; readonly value?: boolean } = {},
): Promise<number> {
  const summary = expectedNow(await watch(start, output, { report }));
  if (report) show(summary, output);
  if (value) output.value(report ? jsonOf(summary) : endOf(summary));
  return summary.exitCode;
}

/**
 * Follows several runs, without their reports: progress, then what failed or was stopped.
 * @param tolerated exit codes that count as finished
 * @returns the exit code of one that was stopped, else of the first that did not finish
 */
export async function followAll(
  start: (options: Followed) => Promise<readonly RunSummary[]>,
  output: Output,
  { tolerated = [] }: { readonly tolerated?: readonly ExitCode[] } = {},
): Promise<ExitCode> {
  const summaries = await watch(start, output, { report: true });
  for (const summary of summaries) {
    if (summary.failed.length > 0) output.note(`\n${failures(summary)}`);
  }
  const stopped = summaries.find(({ status }) => status === 'interrupted' || status === 'time-up');
  if (stopped !== undefined) output.note(`\n${whyStopped(stopped)} with the same command.`);
  const good = [EXIT.ok, ...tolerated];
  const unfinished = stopped ?? summaries.find(({ exitCode }) => !good.includes(exitCode));
  return unfinished?.exitCode ?? EXIT.ok;
}

async function watch<Result>(
  start: (options: Followed) => Promise<Result>,
  output: Output,
  { report }: { readonly report: boolean },
): Promise<Result> {
  const progress = createProgress(output);
  using signals = stopOnSignals();
  signals.signal.addEventListener('abort', () => {
    if (report) output.note('Stopping after this step; the same again stops at once.');
  });
  try {
    return await start({ signal: signals.signal, onEvent: (event) => progress.onEvent(event) });
  } finally {
    progress.stop();
  }
}

function whyStopped({ status }: RunSummary): string {
  const why = status === 'time-up' ? 'The time is up' : 'Interrupted';
  return `${why}; nothing is lost. Go on`;
}

function show(summary: RunSummary, output: Output): void {
  const { status, records, failed, plan } = summary;
  const finished = records.filter((record) => record.status === 'finished');
  // Over several seeds the verdicts come once, at the end.
  const options = { ...output, verdicts: finished.length < 2 };
  for (const record of finished) output.line(`\n${formatRunReport(runReport(record), options)}`);
  if (finished.length > 1) output.line(`\n${formatTable(seedTable(finished), output)}`);
  const { expect } = plan.resolved.manifest;
  if (finished.length > 1 && expect.length > 0) {
    output.line(`\n${formatVerdicts(verdicts(expect, finished), output)}`);
  }
  if (failed.length > 0) output.note(`\n${failures(summary)}`);
  if (status === 'interrupted' || status === 'time-up') {
    output.note(`\n${whyStopped(summary)} with the same command${orAlone(summary)}`);
  }
}

/** What is expected now, also of runs that were finished before the manifest said so. */
function expectedNow(summary: RunSummary): RunSummary {
  const { expect } = summary.plan.resolved.manifest;
  const records = summary.records.map((record) => {
    return { ...record, manifest: record.manifest && { ...record.manifest, expect } };
  });
  return { ...summary, records };
}

const endOf = ({ status, exitCode, failed }: RunSummary) => ({ status, exitCode, failed });

function jsonOf(summary: RunSummary) {
  const { records, plan } = summary;
  const runs = records.map((record) => runReport(record));
  const judged = verdicts(plan.resolved.manifest.expect, records);
  return { ...endOf(summary), runs, verdicts: judged, seeds: seedTable(records) };
}

/** Each seed that failed, with its reason and its folder. */
function failures({ failed, plan }: RunSummary): string {
  const of = plan.point === undefined ? '' : ` of ${plan.point}`;
  const lines = failed.map(({ seed, starts, reason, folder }) => {
    const often = starts > 1 ? `, ${starts} times started` : '';
    return `  seed ${seed}${often}: ${reason}\n    ${folder}`;
  });
  return (
    `${failed.length} of ${plan.seeds.length} seeds${of} failed:\n${lines.join('\n')}\n` +
    'The same command tries them again, each from where it stopped.'
  );
}

/** How to go on with the seed that was stopped, where it is one. */
function orAlone({ records, plan }: RunSummary): string {
  const stopped = records.filter((record) => record.status !== 'finished');
  if (stopped.length > 1) return '.';
  const folder = stopped[0]?.folder ?? plan.out;
  return `, or this seed alone with:\n  archer resume ${shellQuoted(folder)}`;
}
