import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import {
  ArcherError,
  EXIT,
  isNoProfile,
  type Manifest,
  NO_PROFILE,
  suggestion,
  withProfile,
} from '@archer-nas/core';
import { type SuiteEntry, type SuiteSeeds, verdicts } from '@archer-nas/report';
import { type RunRecord, readManifestFile } from '@archer-nas/runtime';
import { profileIfAny } from './chosen-profile.ts';
import { findRunsIfAny } from './run-folders.ts';

/** An experiment of a suite: one manifest of its folder. */
export interface SuiteMember {
  readonly name: string;
  readonly file: string;
  readonly manifest: Manifest;
  /** Folder of its results. */
  readonly out: string;
  /** The profile that was asked for, else `quick`, where the manifest has it. */
  readonly profile: string | undefined;
}

/**
 * The manifests of a suite's folder, by name.
 *
 * @param options.out each has its results in a folder of its own in this one; `results` otherwise
 * @throws ArcherError `ARCHER_SUITE` when there is none, `ARCHER_PROFILE` when none has the profile
 */
export function suiteMembers(
  folder: string,
  options: { readonly out?: string | undefined; readonly profile?: string | undefined } = {},
): readonly SuiteMember[] {
  const { out = join(folder, 'results'), profile } = options;
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const files = isFolder ? readdirSync(folder).filter((file) => /\.(ya?ml|json)$/.test(file)) : [];
  if (files.length === 0) {
    throw new ArcherError('ARCHER_SUITE', `${folder} is not a folder with manifests.`, {
      hint: 'A suite is a folder of manifests, like experiments/suites/nb201-classics.',
      exit: EXIT.usage,
    });
  }
  const members = files.sort().map((name): SuiteMember => {
    const file = join(folder, name);
    const manifest = readManifestFile(file);
    const stem = basename(name, extname(name));
    const chosen = profileIfAny(manifest, profile);
    return { name: stem, file, manifest, out: join(out, stem), profile: chosen };
  });
  if (profile === undefined || isNoProfile(profile)) return members;
  if (members.every((member) => member.profile !== profile)) throw noProfile(profile, members);
  return members;
}

function noProfile(profile: string, members: readonly SuiteMember[]): ArcherError {
  const known = new Set(members.flatMap(({ manifest }) => Object.keys(manifest.profiles)));
  return new ArcherError('ARCHER_PROFILE', `No manifest of the suite has a profile "${profile}".`, {
    hint: suggestion(profile, [...known, NO_PROFILE]),
    exit: EXIT.usage,
  });
}

/** A member with its runs that are there. */
export interface MemberRuns extends SuiteMember {
  readonly records: readonly RunRecord[];
}

/** Reads the runs of a member's profile that are there. */
export function withRuns(member: SuiteMember): MemberRuns {
  const { out, profile = 'default' } = member;
  return { ...member, records: findRunsIfAny(join(out, profile)) };
}

/** The verdicts on a member. */
export function suiteEntry({ name, manifest, records }: MemberRuns): SuiteEntry {
  return { experiment: name, verdicts: verdicts(manifest.expect, records) };
}

/** Why members were not run, by their names. */
export interface Troubles {
  /** Of those whose data are not here. */
  readonly missing: Map<string, string>;
  readonly failed: Map<string, string>;
}

/** How far a member is. */
export function suiteSeeds(member: MemberRuns, { missing, failed }: Troubles): SuiteSeeds {
  const { name, manifest, profile, records } = member;
  const { seeds } = withProfile(manifest, profile);
  const [obstacle, failure] = [missing.get(name), failed.get(name)];
  return { experiment: name, seeds, records, obstacle, failure };
}
