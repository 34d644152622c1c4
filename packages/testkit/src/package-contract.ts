// biome-ignore-all lint/suspicious/noExplicitAny: options of any shape
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isPlugin, type Plugin } from '@archer-nas/core';
import { expect } from 'vitest';
import { type Check, describeChecks } from './check.ts';
import { optionsOf } from './documented-options.ts';
import { collector } from './other-process.ts';
import { declaredRows, type KnownRow } from './row.ts';

/** A package of plugins. */
export interface PackageSubject {
  /** Its folder: `new URL('..', import.meta.url)`. */
  readonly package: URL;
  /** Its default export. */
  readonly plugins: Plugin<any, any> | readonly Plugin<any, any>[];
  /** The rows there are; default those that the running test file declares. */
  readonly rows?: () => readonly KnownRow[];
}

/**
 * Runs what a package of plugins promises as tests: package.json lists what is exported, each
 * plugin has a row in this test file, options have descriptions, the README names everything.
 */
export function describePackage(subject: PackageSubject): void {
  if (collector()) return;
  describeChecks('package', packageChecks(subject));
}

/** What {@link describePackage} runs. */
export function packageChecks(subject: PackageSubject): readonly Check[] {
  const check = (name: string, run: (subject: PackageSubject) => void): Check => ({
    name,
    run: () => run(subject),
  });
  const checks = [
    check('package.json lists the plugins that are exported', checkListed),
    check('every plugin has a row', checkRows),
    check('golden traces belong to a row', checkGoldenFiles),
    check('every plugin is summarised in a sentence', checkSummaries),
    check('every option is described, and has a default or is required', checkOptions),
    check('README.md names every plugin and every option', checkReadme),
  ];
  const strategies = listOf(subject).filter(({ kind }) => kind === 'strategy');
  if (strategies.length === 0) return checks;
  return [...checks, check('DEVIATIONS.md tells what differs from the papers', checkDeviations)];
}

function listOf({ plugins }: PackageSubject): readonly Plugin<any, any>[] {
  return [plugins].flat();
}

function read(subject: PackageSubject, file: string): string {
  const url = new URL(file, subject.package);
  expect(existsSync(url), `${file} in ${subject.package.pathname}`).toBe(true);
  return readFileSync(url, 'utf8');
}

const nameOf = ({ kind, id }: Plugin<any, any>): string => `${kind}:${id}`;

function checkListed(subject: PackageSubject): void {
  const { archer = {} } = JSON.parse(read(subject, 'package.json'));
  const exported = listOf(subject);
  for (const plugin of exported) expect(isPlugin(plugin), 'made by definePlugin').toBe(true);
  expect([...(archer.plugins ?? [])].sort()).toEqual(exported.map(nameOf).sort());
}

function checkRows(subject: PackageSubject): void {
  const names = (subject.rows ?? declaredRows)().map(({ name }) => name);
  const without = listOf(subject)
    .map(nameOf)
    .filter((name) => !names.includes(name));
  expect(without, 'plugins without a row in this test file').toEqual([]);
}

function checkGoldenFiles(subject: PackageSubject): void {
  const folder = new URL('golden/', subject.package);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const rows = (subject.rows ?? declaredRows)().flatMap(({ golden = [] }) => golden);
  expect(new Set(rows).size, 'rows of a plugin differ in their variant').toBe(rows.length);
  expect(
    files.filter((file) => !rows.includes(file)),
    'golden traces of no row: delete them',
  ).toEqual([]);
}

function checkSummaries(subject: PackageSubject): void {
  for (const plugin of listOf(subject)) {
    expect(plugin.summary, nameOf(plugin)).toMatch(/^\S.{8,}[.?]$/);
    expect(plugin.id, 'kebab-case').toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  }
}

function checkOptions(subject: PackageSubject): void {
  const wrong = listOf(subject).flatMap((plugin) =>
    optionsOf(plugin).flatMap(({ path, problem }) =>
      problem === undefined ? [] : [`${nameOf(plugin)} ${path}: ${problem}`],
    ),
  );
  expect(wrong).toEqual([]);
}

function checkReadme(subject: PackageSubject): void {
  const text = read(subject, 'README.md');
  const code = [...text.matchAll(/```[^`]*```|`[^`\n]+`/g)].map(([part]) => part).join('\n');
  const named = (name: string): boolean =>
    new RegExp(`(^|[^\\w-])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}($|[^\\w-])`).test(code);
  const missing = listOf(subject).flatMap((plugin) => [
    ...(named(plugin.id) ? [] : [nameOf(plugin)]),
    ...optionsOf(plugin).flatMap(({ name, path }) =>
      named(name) ? [] : [`${nameOf(plugin)} ${path}`],
    ),
  ]);
  expect(missing, 'not named, as `code`, in README.md').toEqual([]);
}

function checkDeviations(subject: PackageSubject): void {
  expect(read(subject, 'DEVIATIONS.md').trim().split('\n').length, 'lines').toBeGreaterThan(2);
}
