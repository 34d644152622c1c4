import { basename, resolve } from 'node:path';
import { ArcherError, EXIT, isArcherError, suggestion } from '@archer-nas/core';
import {
  formatTable,
  latexTable,
  printable,
  type SuiteHead,
  type SuitePart,
  suiteMetricsTable,
  suitePage,
  suiteSeedsTable,
  suiteTable,
} from '@archer-nas/report';
import { parseDuration, replaceFile, run as runManifest, runTogether } from '@archer-nas/runtime';
import { SUITE_PROFILE_HELP } from '../chosen-profile.ts';
import { type Followed, follow, followAll } from '../follow.ts';
import { messageOf, type Output } from '../output.ts';
import { backgroundOf } from '../page-background.ts';
import { type FileRun, withCommand } from '../seed-command.ts';
import {
  type MemberRuns,
  type SuiteMember,
  suiteEntry,
  suiteMembers,
  suiteSeeds,
  type Troubles,
  withRuns,
} from '../suite.ts';
import type { Command } from './command.ts';
import {
  type LaunchArguments,
  launchOptions,
  launchSettings,
  type RunArguments,
  runOptions,
  runSettings,
} from './run-options.ts';

interface Arguments extends RunArguments, LaunchArguments {
  action: string;
  folder: string;
  profile?: string;
  out?: string;
  html?: string;
  latex?: string;
  metric?: readonly string[];
}

const ACTIONS = ['run', 'report'];
/** What ends like this ends all of it; the same command goes on. */
const STOPPED: readonly number[] = [EXIT.timeUp, EXIT.interrupted];

/** `archer suite run|report`: the experiments of a paper's table, and the verdicts on them. */
export const suite: Command<Arguments> = {
  command: 'suite <action> <folder>',
  describe: 'Run all manifests of a folder, or show the verdicts on their expectations',
  builder: {
    action: { type: 'string', describe: 'run or report' },
    folder: { type: 'string', describe: 'Folder of manifests' },
    profile: { type: 'string', describe: SUITE_PROFILE_HELP },
    out: { type: 'string', describe: 'Folder of results; results/ in the folder otherwise' },
    html: { type: 'string', describe: 'Write a page of the suite to this file as well' },
    latex: { type: 'string', describe: 'Write its table as LaTeX to this file as well' },
    metric: { type: 'string', array: true, describe: 'A table of these metrics as well' },
    ...launchOptions,
    ...runOptions,
  },
  examples: [['suite run experiments/suites/nb201-classics', 'the same again goes on']],
  async run({ action, folder, profile, out, html, latex, metric = [], ...rest }, output) {
    if (!ACTIONS.includes(action)) {
      throw new ArcherError('ARCHER_USAGE', `archer suite has no action "${action}".`, {
        hint: suggestion(action, ACTIONS),
        exit: EXIT.usage,
      });
    }
    const members = suiteMembers(folder, { out, profile });
    const troubles: Troubles = { missing: new Map(), failed: new Map() };
    const code = action === 'run' ? await runMembers(members, rest, output, troubles) : EXIT.ok;
    const title = basename(resolve(folder));
    const found = members.map(withRuns);
    const seeds = found.map((member) => suiteSeeds(member, troubles));
    const progress = suiteSeedsTable(title, seeds);
    const entries = found.map(suiteEntry);
    const runs = found.map(({ name, records }) => ({ experiment: name, records }));
    const metrics = metric.length > 0 && suiteMetricsTable(title, runs, metric);
    output.value({
      ...{ suite: title, exitCode: code, seeds: progress, entries },
      ...{ missing: listed(troubles.missing), failed: listed(troubles.failed) },
      ...(metrics && { metrics }),
    });
    output.line(`\n${formatTable(progress, output)}`);
    if (entries.some(({ verdicts }) => verdicts.length > 0)) {
      output.line(`\n${formatTable(suiteTable(title, entries), output)}`);
    }
    if (metrics) output.line(`\n${formatTable(metrics, output)}`);
    if (latex !== undefined) {
      const table = suiteTable(title, found.map(suiteEntry));
      replaceFile(resolve(latex), latexTable(table, { label: `tab:${title}` }));
      output.line(printable(latex));
    }
    if (html !== undefined) {
      const missing = [...listed(troubles.missing), ...listed(troubles.failed)];
      await writePage(html, { title, missing }, found, output);
    }
    return code;
  },
};

type MemberArguments = RunArguments & LaunchArguments;

/**
 * One after the other, failed ones left behind; with a launcher, the seeds of all of them as tasks
 * of one launch.
 */
async function runMembers(
  members: readonly SuiteMember[],
  rest: MemberArguments,
  output: Output,
  troubles: Troubles,
): Promise<number> {
  if (rest.launcher === undefined && rest.processes === undefined) {
    const { maxTime } = rest;
    const endMs = maxTime === undefined ? undefined : performance.now() + parseDuration(maxTime);
    let first: number = EXIT.ok;
    for (const member of members) {
      const leftMs = endMs && Math.max(1, endMs - performance.now());
      const own = leftMs === undefined ? rest : { ...rest, maxTime: `${leftMs / 1000}s` };
      const code = await runMember(member, own, output, troubles);
      if (STOPPED.includes(code)) return code;
      if (first === EXIT.ok) first = code;
    }
    return first;
  }
  const all = members.map((member) => withCommand(memberOptions(member, rest)));
  const start = (followed: Followed) => runTogether(all.map((one) => ({ ...one, ...followed })));
  return followAll(start, output, { tolerated: [EXIT.data] });
}

/** Runs or resumes one member. Where that fails, or data are not there, the table says so. */
async function runMember(
  member: SuiteMember,
  rest: MemberArguments,
  output: Output,
  { missing, failed }: Troubles,
): Promise<number> {
  output.note(`\n${member.name}`);
  const options = withCommand(memberOptions(member, rest));
  try {
    const start = (followed: Followed) => runManifest({ ...options, ...followed });
    return await follow(start, output, { value: false });
  } catch (error) {
    if (isArcherError(error) && error.code === 'ARCHER_DATA_MISSING') {
      missing.set(member.name, error.message);
      return EXIT.ok;
    }
    output.failure(error);
    failed.set(member.name, isArcherError(error) ? error.message : messageOf(error));
    return isArcherError(error) ? error.exit : EXIT.failed;
  }
}

function memberOptions({ file, out, profile }: SuiteMember, rest: MemberArguments): FileRun {
  return { ...runSettings(rest), ...launchSettings(rest), ...{ manifest: file, out, profile } };
}

async function writePage(
  file: string,
  head: SuiteHead,
  members: readonly MemberRuns[],
  output: Output,
): Promise<void> {
  const parts: SuitePart[] = [];
  for (const { name, manifest, records } of members) {
    const { title, expect } = manifest;
    const background = await backgroundOf(records, output.note);
    parts.push({ experiment: name, title, expect, records, background });
  }
  replaceFile(resolve(file), suitePage(head, parts));
  output.line(printable(file));
}

const listed = (missing: ReadonlyMap<string, string>): string[] =>
  [...missing].map(([name, reason]) => `${name}: ${reason}`);
