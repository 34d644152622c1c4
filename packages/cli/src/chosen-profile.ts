import type { Manifest } from '@archer-nas/core';
import { readManifestFile } from '@archer-nas/runtime';
import { NO_PROFILE } from './seed-command.ts';

/** The profile that a run without `--profile` takes, where a manifest has it. */
const DEFAULT_PROFILE = 'quick';

export const PROFILE_HELP = `One of the manifest's; "${DEFAULT_PROFILE}" if it has that, "${NO_PROFILE}" for none`;

/** The profile that `--profile` means; `undefined`: none. */
export function chosenProfile(manifest: string, given: string | undefined): string | undefined {
  if (given !== undefined) return given === NO_PROFILE ? undefined : given;
  return profileIfAny(readManifestFile(manifest), undefined);
}

/** The same of one of several manifests, not all of which need have it. */
export function profileIfAny(
  { profiles }: Pick<Manifest, 'profiles'>,
  given = DEFAULT_PROFILE,
): string | undefined {
  return given !== NO_PROFILE && Object.hasOwn(profiles, given) ? given : undefined;
}
