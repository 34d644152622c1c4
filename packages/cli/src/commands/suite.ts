import { basename, resolve } from 'node:path';
import { ArcherError, EXIT, isArcherError, suggestion } from '@archer-nas/core';
import {
  formatTable,
  latexTable,
  printable,
  type SuiteEntry,
  type SuiteHead,
  type SuitePart,
  suiteMetricsTable,
  suitePage,
  suiteSeedsTable,
  suiteTable,
} from '@archer-nas/report';
import { replaceFile, run as runManifest, runTogether } from '@archer-nas/runtime';
import { type Followed, follow, followAll } from '../follow.ts';
import type { Output } from '../output.ts';
import { backgroundOf } from '../page-background.ts';
import { type FileRun, withCommand } from '../seed-command.ts';
import {
  type MemberRuns,
  type SuiteMember,
  suiteEntry,
  suiteMembers,
  suiteSeeds,
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

/** `archer suite run|report`: the experiments of a paper's table, and the verdicts on them. */
export const suite: Command<Arguments> = {
  command: 'suite <action> <folder>',
  describe: 'Run all manifests of a folder, or show the verdicts on their expectations',
  builder: {
    action: { type: 'string', describe: 'run or report' },
    folder: { type: 'string', describe: 'Folder of manifests' },
    profile: { type: 'string', describe: 'This profile of the manifests that have it' },
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
    const missing = new Map<string, string>();
    if (action === 'run') {
      const code = await runMembers(members, rest, output, missing);
      if (code !== EXIT.ok) return code;
    }
    const title = basename(resolve(folder));
    const found = members.map(withRuns);
    show(title, found, missing, output);
    if (metric.length > 0) {
      const runs = found.map(({ name, records }) => ({ experiment: name, records }));
      output.line(`\n${formatTable(suiteMetricsTable(title, runs, metric), output)}`);
    }
    if (latex !== undefined) {
      const table = suiteTable(title, found.map(suiteEntry));
      replaceFile(resolve(latex), latexTable(table, { label: `tab:${title}` }));
      output.line(printable(latex));
    }
    if (html !== undefined)
      await writePage(html, { title, missing: listed(missing) }, found, output);
    return EXIT.ok;
  },
};

type MemberArguments = RunArguments & LaunchArguments;

/** One after the other; with a launcher, the seeds of all of them as tasks of one launch. */
async function runMembers(
  members: readonly SuiteMember[],
  rest: MemberArguments,
  output: Output,
  missing: Map<string, string>,
): Promise<number> {
  if (rest.launcher === undefined && rest.processes === undefined) {
    for (const member of members) {
      const code = await runMember(member, rest, output, missing);
      if (code !== EXIT.ok) return code;
    }
    return EXIT.ok;
  }
  const all = members.map((member) => withCommand(memberOptions(member, rest)));
  const start = (followed: Followed) => runTogether(all.map((one) => ({ ...one, ...followed })));
  return followAll(start, output, { tolerated: [EXIT.data] });
}

/** Runs or resumes one member. Data that are not there leave it out; the table says so. */
async function runMember(
  member: SuiteMember,
  rest: MemberArguments,
  output: Output,
  missing: Map<string, string>,
): Promise<number> {
  output.note(`\n${member.name}`);
  const options = withCommand(memberOptions(member, rest));
  try {
    return await follow((followed) => runManifest({ ...options, ...followed }), output);
  } catch (error) {
    if (!isArcherError(error) || error.code !== 'ARCHER_DATA_MISSING') throw error;
    missing.set(member.name, error.message);
    return EXIT.ok;
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

/** How far each member is, and the verdicts where any are expected. */
function show(
  title: string,
  members: readonly MemberRuns[],
  missing: ReadonlyMap<string, string>,
  output: Output,
): void {
  const seeds = members.map((member) => suiteSeeds(member, missing.get(member.name)));
  output.line(`\n${formatTable(suiteSeedsTable(title, seeds), output)}`);
  const entries: readonly SuiteEntry[] = members.map(suiteEntry);
  if (entries.some(({ verdicts }) => verdicts.length > 0)) {
    output.line(`\n${formatTable(suiteTable(title, entries), output)}`);
  }
  output.value({ suite: title, entries, missing: listed(missing) });
}

const listed = (missing: ReadonlyMap<string, string>): string[] =>
  [...missing].map(([name, reason]) => `${name}: ${reason}`);
