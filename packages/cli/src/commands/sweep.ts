import { join, resolve } from 'node:path';
import { sweepPoints, withProfile } from '@archer-nas/core';
import { printable, sweepFigures, sweepPage, sweepTable } from '@archer-nas/report';
import { outFolder, readManifestFile, replaceFile, runTogether } from '@archer-nas/runtime';
import { chosenProfile, PROFILE_HELP } from '../chosen-profile.ts';
import { followAll } from '../follow.ts';
import { findRunsIfAny } from '../run-folders.ts';
import { type FileRun, withCommand } from '../seed-command.ts';
import { writeCharts } from './charts.ts';
import type { Command } from './command.ts';
import {
  type LaunchArguments,
  launchOptions,
  launchSettings,
  outOption,
  type RunArguments,
  runOptions,
  runSettings,
} from './run-options.ts';
import { type TableArguments, tableOptions, writeOut } from './tables.ts';
import { type VariationArguments, variation, variationOptions } from './variation-options.ts';

interface Arguments extends RunArguments, LaunchArguments, VariationArguments, TableArguments {
  manifest: string;
  profile?: string;
  out?: string;
  metric?: string[];
  html?: string;
  svg?: string;
}

/** `archer sweep`: a manifest at every point of its `sweep`, and a table of what came out. */
export const sweep: Command<Arguments> = {
  command: 'sweep <manifest>',
  describe: "Run every point of a manifest's sweep; the same command again goes on",
  builder: {
    manifest: { type: 'string', describe: 'YAML or JSON file with a `sweep`' },
    profile: { type: 'string', describe: PROFILE_HELP },
    ...variationOptions,
    out: outOption,
    metric: { type: 'string', array: true, describe: 'These metrics in the table; all otherwise' },
    html: { type: 'string', describe: 'Write a page with charts to this file as well' },
    svg: { type: 'string', describe: 'Write the charts into this folder as well' },
    ...tableOptions,
    ...launchOptions,
    ...runOptions,
  },
  examples: [
    ['sweep manifest.yaml --seed 0 1 2', 'every point, three seeds each'],
    ['sweep manifest.yaml --launcher slurm', 'all of it as one job array'],
  ],
  async run(
    { manifest, profile, seed, set, out, metric, html, svg, format, csv, ...rest },
    output,
  ) {
    const chosen = chosenProfile(manifest, profile);
    const written = readManifestFile(manifest);
    const points = sweepPoints({ ...withProfile(written, chosen), profiles: written.profiles });
    const shared = {
      ...runSettings(rest),
      ...launchSettings(rest),
      ...variation({ set, seed }),
      ...{ manifest, out, profile: chosen },
    };
    const runs = points.map(({ name }): FileRun => ({ ...shared, point: name }));
    const code = await followAll(
      (followed) => runTogether(runs.map((one) => ({ ...withCommand(one), ...followed }))),
      output,
    );
    const results = outFolder(out, { file: manifest, name: written.name });
    const entries = points.map(({ name }) => ({
      point: name,
      records: findRunsIfAny(join(results, name, chosen ?? 'default')),
    }));
    const title = written.title ?? written.name;
    const table = sweepTable(title, entries, metric);
    output.line('');
    writeOut(new Map([['sweep', table]]), { format, ...(csv !== undefined && { csv }) }, output);
    output.line(`in ${printable(results)}`);
    if (html !== undefined) {
      replaceFile(resolve(html), await sweepPage({ title, metrics: metric }, entries));
      output.line(printable(html));
    }
    if (svg !== undefined) await writeCharts(svg, sweepFigures(entries, metric), output);
    output.value({ sweep: written.name, results, exitCode: code, table });
    return code;
  },
};
