import { dirname } from 'node:path';
import { runPage, toJson, type Verdict, verdicts } from '@archer-nas/report';
import type { Exhibition, RunRecord } from '@archer-nas/runtime';
import { backgroundOf } from './page-background.ts';
import { runExports } from './run-exports.ts';
import { findRunsIfAny } from './run-folders.ts';

/**
 * What a tracker shows of a finished run besides its metrics: its page, its charts and cells, what
 * it has found, and the verdicts, those of the experiment over the seeds that are finished.
 */
export async function exhibitionOf(record: RunRecord): Promise<Exhibition> {
  const expected = record.manifest?.expect ?? [];
  const seeds = findRunsIfAny(dirname(record.folder)).filter(({ result }) => result !== undefined);
  return {
    conclusion: {
      run: verdictTags(verdicts(expected, [record])),
      experiment: verdictTags(verdicts(expected, seeds)),
    },
    files: () => filesOf(record),
  };
}

async function filesOf(record: RunRecord): Promise<Map<string, string | Uint8Array>> {
  const background = await backgroundOf([record], () => {});
  const pictures = await runExports([record], 'svg', background);
  const best = record.result?.search.best ?? [];
  return new Map<string, string | Uint8Array>([
    ['report.html', await runPage([record], background)],
    ['best.json', `${toJson(best)}\n`],
    ...[...pictures].map(([name, svg]): [string, string | Uint8Array] => [`plots/${name}`, svg]),
  ]);
}

/** `archer.verdict` with how many there are of each, and one tag per expectation. */
function verdictTags(all: readonly Verdict[]): Record<string, string> {
  if (all.length === 0) return { 'archer.verdict': 'nothing is expected' };
  const outcomes = [...new Set(all.map(({ outcome }) => outcome))];
  const count = (outcome: Verdict['outcome']): number =>
    all.filter((one) => one.outcome === outcome).length;
  const summary = outcomes.map((outcome) => {
    return all.length === 1 ? outcome : `${count(outcome)} ${outcome}`;
  });
  const each = all.map(({ expectation: { metric, profile }, outcome, reason }) => {
    const of = profile === undefined ? '' : `.${profile}`;
    return [`archer.verdict.${metric}${of}`, `${outcome}: ${reason}`];
  });
  return { 'archer.verdict': summary.join(', '), ...Object.fromEntries(each) };
}
