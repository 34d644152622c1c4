// biome-ignore-all lint/suspicious/noExplicitAny: the space's architecture type is known only at run time
import { join, resolve } from 'node:path';
import {
  ArcherError,
  EXIT,
  type PluginLookup,
  type Search,
  type SearchSpace,
} from '@archer-nas/core';
import { replaceFile } from './durable.ts';
import { runFolder } from './folders.ts';
import { readJournal } from './journal-reader.ts';
import { startPlannedEngine } from './planned-engine.ts';
import { findPosition } from './position.ts';
import { type RunRecord, readRun } from './read-run.ts';
import { originOf } from './resume.ts';
import { checkOwnFiles } from './run-folder-session.ts';
import { buildPlannedSpace } from './run-parts.ts';
import { planRun, type RunPlan } from './run-plan.ts';
import { createRun, streamsAt } from './seed-run.ts';

/** What to export, and where to. */
export interface ExportOptions {
  /** `genotype`: the notation alone; otherwise a format that the search's exporter has. */
  readonly format: string;
  /** An architecture in the space's notation; the best of the run otherwise. */
  readonly architecture?: string | undefined;
  /** Folder for the files; `exports/<format>` in the run folder otherwise. */
  readonly to?: string | undefined;
  readonly engine?: string | undefined;
  readonly dataFolder?: string | undefined;
  /** Finds plugins elsewhere than among installed packages. */
  readonly lookup?: PluginLookup | undefined;
  /** Further formats by name, which need the space alone. */
  readonly formats?: Readonly<Record<string, SpaceFormat>> | undefined;
}

/** Files of an architecture, written from the space alone: no engine and no data. */
export type SpaceFormat = (space: SearchSpace<any>, architecture: any) => Files | Promise<Files>;

/** What was written. */
export interface Exported {
  readonly architecture: string;
  readonly folder: string;
  readonly files: readonly string[];
}

/** Writes an architecture of a run, with its weights where the format has some. */
export async function exportRun(folder: string, options: ExportOptions): Promise<Exported> {
  const { format, engine, dataFolder, lookup } = options;
  checkOwnFiles(runFolder(resolve(folder)));
  const plan = await planRun({ ...originOf(folder), dataFolder, lookup });
  const architecture = options.architecture ?? bestOf(readRun(folder));
  const to = resolve(options.to ?? join(runFolder(resolve(folder)).exports, format));
  const formats: Readonly<Record<string, SpaceFormat>> = { ...options.formats, genotype };
  const ofSpace = Object.hasOwn(formats, format) ? formats[format] : undefined;
  const files = ofSpace
    ? await withoutWeights(plan, architecture, ofSpace)
    : await withWeights(await openSearch(plan, folder, engine), architecture, {
        ...{ format, others: Object.keys(formats) },
      });
  for (const [name, content] of Object.entries(files)) {
    replaceFile(join(to, safeName(name)), content);
  }
  return { architecture, folder: to, files: Object.keys(files) };
}

type Files = Readonly<Record<string, Uint8Array | string>>;

/** Needs no engine and no data: only the space is created. */
async function withoutWeights(plan: RunPlan, notation: string, write: SpaceFormat): Promise<Files> {
  const space = await buildPlannedSpace(plan);
  return write(space, space.parse(notation));
}

const genotype: SpaceFormat = (space, a) => ({ 'genotype.txt': `${space.format(a)}\n` });

/** The search of a run folder where it stands. */
async function openSearch(plan: RunPlan, folder: string, engine: string | undefined) {
  const parts = await createRun(plan, await startPlannedEngine(plan, { engine }), () => {});
  const root = runFolder(resolve(folder));
  const { search, lines } = findPosition(root, readJournal(root.journal));
  const context = { streams: streamsAt(plan.seeds[0] ?? 0, lines) };
  return { space: parts.space, search: await parts.strategy.begin(context, search?.state) };
}

async function withWeights(
  { space, search }: { readonly space: SearchSpace<any>; readonly search: Search<any> },
  notation: string,
  { format, others }: { readonly format: string; readonly others: readonly string[] },
): Promise<Files> {
  try {
    const { exporter } = search.views;
    if (exporter?.formats.includes(format)) {
      return await exporter.export(space.parse(notation), format);
    }
    const formats = [...others, ...(exporter?.formats ?? [])];
    throw new ArcherError('ARCHER_EXPORT', `This run cannot be exported to "${format}".`, {
      hint: `It can be exported to: ${[...new Set(formats)].join(', ')}.`,
      exit: EXIT.usage,
    });
  } finally {
    search.dispose?.();
  }
}

/** The best of the search; for a search without one, the best that a study scored. */
function bestOf({ result, folder }: RunRecord): string {
  const found = result?.search.best[0]?.architecture ?? bestScored(result);
  if (found !== undefined) return found;
  const what = result === undefined ? 'is not finished' : 'has found no architecture';
  throw new ArcherError('ARCHER_NO_BEST', `The run in ${folder} ${what}.`, {
    hint: 'Name one with --architecture.',
    exit: EXIT.usage,
  });
}

/** The first architecture of the highest score in a study's table `scores`. */
function bestScored(result: RunRecord['result']): string | undefined {
  let best: { readonly name: string; readonly score: number } | undefined;
  for (const { tables } of result?.studies ?? []) {
    for (const [name, score] of tables.scores?.rows ?? []) {
      if (typeof name !== 'string' || typeof score !== 'number') continue;
      if (best === undefined || score > best.score) best = { name, score };
    }
  }
  return best?.name;
}

/** Exporters name files that every file system has; they never name places. */
function safeName(name: string): string {
  if (/^\w[\w.-]{0,119}$/.test(name) && !name.endsWith('.')) return name;
  throw new ArcherError('ARCHER_EXPORT', `An exporter gave a file the name "${name}".`);
}
