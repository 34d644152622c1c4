import { arch, cpus, platform } from 'node:os';
import {
  ArcherError,
  decisiveNonFinite,
  type EngineInfo,
  EXIT,
  type Manifest,
  type ResolvedManifest,
  withoutSecrets,
} from '@archer-nas/core';
import { coreVersion } from './core-version.ts';
import { readOwnJson } from './own-json.ts';

/** What a run's numbers depend on, and the machine it began on. */
export interface Fingerprint {
  /** The parts of the resolved manifest that decide results. */
  readonly manifest: Readonly<Record<string, unknown>>;
  /** `<package>@<version>` by `<place> <kind>:<id>`. */
  readonly plugins: Readonly<Record<string, string>>;
  readonly core: string;
  readonly node: string;
  /** `null`: nothing computes with tensors. */
  readonly engine: Pick<EngineInfo, 'class' | 'reproducible' | 'description'> | null;
  readonly dataHash: string | null;
  /** For readers; never compared. */
  readonly machine: { readonly platform: string; readonly cpu: string; readonly cores: number };
}

/** What is known once engine and data are there. */
export interface Facts {
  readonly engine: EngineInfo | undefined;
  readonly dataHash: string | undefined;
}

/**
 * The hash of what a run reads: its data set, the table that its evaluator looks up, or both.
 * Undefined where it reads neither.
 */
export function dataHashOf({
  data,
  evaluator,
}: {
  readonly data?: { readonly hash: string } | undefined;
  readonly evaluator?: { readonly hash?: string } | undefined;
}): string | undefined {
  const hashes = [data?.hash, evaluator?.hash].filter((hash) => hash !== undefined);
  return hashes.length === 0 ? undefined : hashes.join(' ');
}

/** The fingerprint of this run on this machine. */
export function takeFingerprint(resolved: ResolvedManifest, facts: Facts): Fingerprint {
  const { engine } = facts;
  const plugins = resolved.plugins
    .filter(({ place }) => !/^(tracker|launcher)\b/.test(place))
    .map(({ place, kind, id, package: name, version }) => {
      return [`${place} ${kind}:${id}`, `${name}@${version}`];
    });
  return {
    manifest: decisive(resolved.manifest),
    plugins: Object.fromEntries(plugins) as Record<string, string>,
    core: coreVersion(),
    node: process.version,
    engine: engine
      ? {
          class: engine.class,
          reproducible: engine.reproducible,
          description: engine.description,
        }
      : null,
    dataHash: facts.dataHash ?? null,
    machine: {
      platform: `${platform()} ${arch()}`,
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
    },
  };
}

/** Title, seeds, expectations, tracker and launcher may change; the engine has its class. */
export function decisive(manifest: Manifest): Fingerprint['manifest'] {
  const { name, space, data, evaluator, objective, strategy, study, from } = manifest;
  const nonFinite = decisiveNonFinite(manifest.nonFinite);
  const blocks = {
    ...{ name, space, data, evaluator, objective, strategy, study, nonFinite },
    // What it is, not where it lies.
    from: from?.found,
  };
  return JSON.parse(JSON.stringify(withoutSecrets(blocks))) as Record<string, unknown>;
}

/** Those of some {@link differences} that are no options of the strategy. */
export function besidesStrategy(changes: readonly string[]): string[] {
  return changes.filter((change) => !change.startsWith('strategy.'));
}

/** What changed since a run began, one line each; `depth: 'plan'` ignores engine and data. */
export function differences(
  before: Fingerprint,
  now: Fingerprint,
  depth: 'plan' | 'all' = 'all',
): string[] {
  const major = (version: string): string => version.split('.')[0] ?? version;
  const plan = [
    ...diff('', before.manifest, now.manifest),
    ...diff('plugin ', before.plugins, now.plugins),
    ...diff('core', before.core, now.core),
    ...diff('Node.js', major(before.node), major(now.node)),
  ];
  if (depth === 'plan') return plan;
  return [
    ...plan,
    ...diff('data hash', before.dataHash, now.dataHash),
    ...diff('engine class', before.engine?.class ?? 'none', now.engine?.class ?? 'none'),
  ];
}

function diff(path: string, before: unknown, now: unknown): string[] {
  if (!isTree(before) || !isTree(now)) {
    return Object.is(before, now) ? [] : [`${path}: ${show(before)} → ${show(now)}`];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const inner = path === '' || path.endsWith(' ') ? path : `${path}.`;
  return keys.flatMap((key) => diff(`${inner}${key}`, before[key], now[key]));
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function show(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}

/** Reads `fingerprint.json`. */
export function readFingerprint(file: string): Fingerprint {
  return readOwnJson(file, [
    'manifest',
    'plugins',
    'core',
    'node',
    'machine',
  ]) as unknown as Fingerprint;
}

/** The error of a resume on changed ground. */
export function drifted(folder: string, changes: readonly string[]): ArcherError {
  return new ArcherError(
    'ARCHER_DRIFT',
    `${folder} began under other conditions:\n${changes.map((line) => `  ${line}`).join('\n')}`,
    {
      hint: 'Restore them, use another --out, or go on with --accept-drift (it is written down).',
      exit: EXIT.drift,
    },
  );
}
