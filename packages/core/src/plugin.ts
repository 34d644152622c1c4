// biome-ignore-all lint/suspicious/noExplicitAny: architecture types meet in the manifest, not in the compiler
import type { z } from 'zod';
import type { Benchmark } from './benchmark.ts';
import type { DataSet, OrderRecipe, TextData } from './data.ts';
import type { EngineInfo } from './engine.ts';
import type { Evaluator, Objective, SamplerRecipe } from './evaluation.ts';
import type { Launcher } from './launcher.ts';
import type { Strategy } from './search.ts';
import type { SearchSpace } from './space.ts';
import type { Study } from './study.ts';
import type { Tracker } from './tracker.ts';

/** Bumped only when the plugin contract breaks. */
export const API_VERSION = 1;

const BRAND = Symbol.for('@archer-nas/core/plugin@1');

/**
 * What a plugin of each kind creates. `paths`, `gradient`, `split`, `weights`, `relaxation` and
 * `modifier` are nn's; core only passes them on.
 */
export interface Created {
  space: SearchSpace<any>;
  data: DataSet | TextData;
  benchmark: Benchmark<any>;
  strategy: Strategy<any>;
  sampler: SamplerRecipe;
  paths: object;
  gradient: object;
  split: object;
  weights: object;
  relaxation: object;
  modifier: object;
  order: OrderRecipe;
  evaluator: Evaluator<any>;
  objective: Objective;
  study: Study<any>;
  tracker: Tracker;
  launcher: Launcher;
}

export type Kind = keyof Created;

/** A place in a plugin's block where another plugin is named: `paths: { use: importance }`. */
export interface PartSlot {
  readonly kind: Kind | readonly Kind[];
  /** The block or blocks used when the manifest has none; without it and not `optional`, it must be given. */
  readonly default?: Block | readonly Block[];
  readonly optional?: boolean;
  /** A list of blocks, created in order. */
  readonly many?: boolean;
  /**
   * With `many`: a block may have a `name`, by default the id that it uses; all differ, and
   * are passed on as `deps.names[part]`.
   */
  readonly named?: boolean;
  /**
   * Another part, tried when this one cannot be created because its data are not there
   * (`ARCHER_DATA_MISSING`); the reason is passed on as `deps.missing[part]`.
   */
  readonly otherwise?: string;
}

/** A plugin's place in a manifest: its id, its options and its parts. */
export type Block = { readonly use: string } & { readonly [option: string]: unknown };

/** What `create` receives besides its options. Absent blocks throw a clear error when read. */
export interface Dependencies {
  readonly space: SearchSpace<any>;
  /** Images, unless the plugin requires or allows `data:language-modelling`: then a `TextData`. */
  readonly data: DataSet;
  readonly engine: EngineInfo;
  readonly evaluator: Evaluator<any>;
  readonly objective: Objective;
  /** The parts of this block, created, by slot name. */
  readonly parts: Readonly<Record<string, unknown>>;
  /** What the blocks of `named` parts are called, by slot name. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  /** Why a part with an `otherwise` is not there, by slot name. */
  readonly missing: Readonly<Record<string, string>>;
  /** What the block is for: a search may read no test column and no test image. */
  readonly purpose: 'search' | 'study';
  /** What the study's block permits, so that a study can refuse before the search has run. */
  readonly permit?: 'test-split';
  /** Folders of this run: `data` for downloads, `manifest` to resolve the user's paths from. */
  readonly folders: { readonly data: string; readonly manifest: string };
  /** Progress of slow preparations (downloads), one line at a time. */
  readonly log: (line: string) => void;
}

interface Common<K extends Kind, S extends z.ZodType> {
  /** The name in manifests: kebab-case. */
  readonly id: string;
  readonly kind: K;
  /** One sentence for `archer list`. */
  readonly summary: string;
  readonly options: S;
}

/** What `archer data fetch` asks of a plugin. */
export interface FetchRequest {
  /** The data folder; the plugin keeps to a folder of its own below it. */
  readonly folder: string;
  /** Another source than the plugin's own. */
  readonly url?: string;
  /** A file that is there already. */
  readonly file?: string;
  /** Expected hash of another source. */
  readonly sha256?: string;
  readonly log: (line: string) => void;
}

/** What `archer data import` asks of a plugin. */
export interface ImportRequest {
  /** The data folder; the plugin keeps to a folder of its own below it. */
  readonly folder: string;
  /** The user's file. */
  readonly file: string;
  /** Expected hash of the file, where the user states one. */
  readonly sha256?: string;
  readonly log: (line: string) => void;
}

/** A plugin that makes things. */
export interface Maker<K extends Kind = Kind, S extends z.ZodType = z.ZodType>
  extends Common<K, S> {
  /** Capabilities offered to the rest of the manifest, e.g. `supernet:single-path`. */
  readonly provides?: readonly string[];
  /** `space`, `data`, `engine`, `evaluator`, or capabilities that other blocks must provide. */
  readonly requires?: readonly string[];
  readonly parts?: Readonly<Record<string, PartSlot>>;
  create(options: z.output<S>, deps: Dependencies): Created[K] | Promise<Created[K]>;
  /**
   * Brings the plugin's data into the data folder, whole or not at all, and says in one
   * line what is there. Without it, creating the plugin with default options does.
   */
  fetch?(request: FetchRequest): Promise<string>;
  /** Checks a user's file and puts it in the data folder; says in one line what is there. */
  import?(request: ImportRequest): Promise<string>;
}

/** A plugin that only groups the options of another: `pa-da` is a preset of `one-shot`. */
export interface Preset<K extends Kind = Kind, S extends z.ZodType = z.ZodType>
  extends Common<K, S> {
  /** The block this one stands for. Pure: the same options, the same block. */
  preset(options: z.output<S>): Block;
}

/** What a plugin package exports: see {@link definePlugin}. */
export type Plugin<K extends Kind = Kind, S extends z.ZodType = z.ZodType> = (
  | Maker<K, S>
  | Preset<K, S>
) & { readonly apiVersion: number };

/**
 * Declares a plugin. Export the result (or an array of them) as the package's default
 * export and list it in package.json as `"archer": { "plugins": ["<kind>:<id>"] }`.
 * Version and core range are read from package.json.
 */
export function definePlugin<K extends Kind, S extends z.ZodType>(
  definition: Maker<K, S> | Preset<K, S>,
): Plugin<K, S> {
  return Object.freeze({ apiVersion: API_VERSION, ...definition, [BRAND]: true as const });
}

/** True for a plugin made by any installed copy of core. */
export function isPlugin(value: unknown): value is Plugin {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as Record<symbol, unknown>)[BRAND] === true
  );
}

/** True for a plugin that stands for another block. */
export function isPreset(plugin: Plugin): plugin is Preset & { readonly apiVersion: number } {
  return 'preset' in plugin;
}
