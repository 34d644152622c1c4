import { existsSync, readFileSync } from 'node:fs';
import {
  canonicalJson,
  type JournalLine,
  type Manifest,
  type ResolvedManifest,
  searchIdentity,
  sha256Hex,
  type UsedPlugin,
} from '@archer-nas/core';
import { decisive, type Fingerprint } from '../fingerprint.ts';
import type { RunFolder } from '../folders.ts';
import { field, originLine } from '../journal-reader.ts';
import { damaged, detailOf, type Finding, intact, note } from './finding.ts';

/** The files that describe a run, as far as they can be read. */
export interface Description {
  readonly manifest: Manifest | undefined;
  readonly fingerprint: Fingerprint | undefined;
  readonly findings: readonly Finding[];
}

const FILES = ['manifest', 'fingerprint'] as const;

/** Checks `manifest.json` and `fingerprint.json` against the journal and each other. */
export function checkDescription(folder: RunFolder, lines: readonly JournalLine[]): Description {
  const findings: Finding[] = [];
  const [manifest, fingerprint] = FILES.map((name) => {
    const { value, finding } = readDescribed(folder, name, lines);
    findings.push(finding);
    return value;
  }) as [Manifest | undefined, Fingerprint | undefined];
  if (manifest !== undefined && fingerprint !== undefined) {
    const same = canonicalJson(decisive(manifest)) === canonicalJson(fingerprint.manifest);
    if (!same) findings.push(damaged('fingerprint.json', 'describes another manifest'));
    const origin = originLine(lines)?.body ?? null;
    const recorded = field(origin, 'identity');
    const seed = Number(field(origin, 'seed'));
    // A journal that has lost its first line says neither.
    if (recorded !== undefined && recorded !== identityOf(manifest, fingerprint, seed)) {
      findings.push(damaged('journal.jsonl', 'is of a search with another identity'));
    }
  }
  return { manifest, fingerprint, findings };
}

function readDescribed(
  folder: RunFolder,
  name: (typeof FILES)[number],
  lines: readonly JournalLine[],
): { readonly value?: unknown; readonly finding: Finding } {
  const part = `${name}.json`;
  if (!existsSync(folder[name])) return { finding: damaged(part, 'is missing') };
  const text = readFileSync(folder[name], 'utf8');
  try {
    const value: unknown = JSON.parse(text);
    if (!hasShape(name, value)) return { finding: damaged(part, `is no ${name}`) };
    const finding = checkHash(part, name, text, lines);
    return finding.status === 'damaged' ? { finding } : { value, finding };
  } catch (error) {
    return { finding: damaged(part, `is no JSON: ${detailOf(error)}`) };
  }
}

/** Enough of it to compute with: a journal without hashes vouches for nothing. */
function hasShape(name: (typeof FILES)[number], value: unknown): boolean {
  const { space, strategy, study, manifest, plugins } = Object(value) as Record<string, unknown>;
  const parts = name === 'manifest' ? [space, strategy, study] : [manifest, plugins];
  return parts.every((part) => typeof part === 'object' && part !== null);
}

/** Lines that say how a run was begun, or went on after drift, have the hash of the file. */
function checkHash(
  part: string,
  name: string,
  text: string,
  lines: readonly JournalLine[],
): Finding {
  const hashes = lines
    .map(({ body }) => field(field(body, 'sha256') ?? null, name))
    .filter((hash) => hash !== undefined);
  const at = hashes.lastIndexOf(sha256Hex(text));
  if (hashes.length === 0) return note(part, 'can be read; this journal has no hash of it');
  if (at < 0) return damaged(part, 'does not have the hash that the journal has of it');
  if (at === hashes.length - 1) return intact(part, 'has its hash');
  return note(part, 'is older than the accepted drift; the next resume replaces it');
}

/** The identity of the search that these files describe. */
export function identityOf(manifest: Manifest, fingerprint: Fingerprint, seed: number): string {
  const { engine, dataHash } = fingerprint;
  const engineClass = engine?.class ?? 'none';
  const facts = { seed, engineClass, dataHash: dataHash ?? undefined };
  return searchIdentity(resolvedOf(manifest, fingerprint), facts);
}

/** What the identity of a run is computed from, from its describing files. */
export function resolvedOf(manifest: Manifest, { plugins }: Fingerprint): ResolvedManifest {
  const used = Object.entries(plugins).map(([key, spec]): UsedPlugin => {
    const space = key.lastIndexOf(' ');
    const [kind = '', id = ''] = key.slice(space + 1).split(':');
    const at = spec.lastIndexOf('@');
    return {
      kind: kind as UsedPlugin['kind'],
      ...{
        id,
        place: key.slice(0, space),
        package: spec.slice(0, at),
        version: spec.slice(at + 1),
      },
      ...{ provides: [], requires: [] },
    };
  });
  return { manifest, plugins: used, needsEngine: false };
}
