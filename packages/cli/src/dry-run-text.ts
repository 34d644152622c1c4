import { withoutSecrets } from '@archer-nas/core';
import { formatTable, printable, printableLines } from '@archer-nas/report';
import type { DryRun } from '@archer-nas/runtime';
import { stringify } from 'yaml';
import type { Output } from './output.ts';
import { duration } from './progress.ts';

/** A dry run for people: the resolved manifest, versions, steps, time and disk. */
export function dryRunText(estimate: DryRun, output: Output): string {
  const { plan, engine, data, jobs, searchSeconds, studySeconds, seconds, diskBytes } = estimate;
  const { profiles: _, ...manifest } = withoutSecrets(plan.resolved.manifest);
  const versions = plan.resolved.plugins.map(({ place, kind, id, package: name, version }) => [
    place,
    `${kind}:${id}`,
    `${name}@${version}`,
  ]);
  const rows = jobs.map(({ job, progress, secondsPerStep, atLeast, seconds: total }) => [
    job,
    `${progress.total} ${progress.unit}s`,
    `${atLeast ? '> ' : ''}${secondsPerStep.toPrecision(2)} s`,
    `${atLeast ? '> ' : ''}${duration(total)}`,
  ]);
  return [
    printableLines(stringify(JSON.parse(JSON.stringify(manifest))).trimEnd()),
    formatTable({ columns: ['place', 'plugin', 'package'], rows: versions }, output),
    ...(engine === undefined ? [] : [printable(`engine: ${engine.description}`)]),
    ...(data === undefined ? [] : [printable(`data: ${data}`)]),
    formatTable({ columns: ['job', 'length', 'per step', 'per seed'], rows }, output),
    ...standInText(estimate),
    `Per seed: search about ${duration(searchSeconds)}, studies about ${duration(studySeconds)}`,
    `${plan.seeds.length} seed(s): about ${duration(seconds)} and ${megabytes(diskBytes)} in ${plan.out}`,
    'Estimated from a few steps on this machine; nothing was written.',
  ].join('\n\n');
}

/** Where studies were timed with random architectures. */
function standInText({ standIns: { incumbents, candidates }, plan }: DryRun): string[] {
  if (plan.resolved.manifest.study.length === 0 || incumbents + candidates === 0) return [];
  const parts = [
    ...(incumbents > 0 ? ['its best'] : []),
    ...(candidates > 0 ? [`${candidates} candidates`] : []),
  ];
  return [`Random architectures stand for what the search will find: ${parts.join(' and ')}.`];
}

/** The same for programs. */
export function dryRunValue({ plan, ...estimates }: DryRun): object {
  const { resolved, profile, seeds, out } = plan;
  const { plugins } = resolved;
  const manifest = withoutSecrets(resolved.manifest);
  return { manifest, plugins, profile, seeds, out, ...estimates };
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${Math.ceil(bytes / 1e6)} MB`;
}
