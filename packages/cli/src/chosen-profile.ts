import { isNoProfile, type Manifest, NO_PROFILE } from '@archer-nas/core';
import { readManifestFile } from '@archer-nas/runtime';

/** The profile that a run without `--profile` takes, where a manifest has it. */
const DEFAULT_PROFILE = 'quick';

const OTHERWISE = `otherwise "${DEFAULT_PROFILE}" if it has that; "${NO_PROFILE}" for none`;

export const PROFILE_HELP = `One of the manifest's, ${OTHERWISE}`;
export const SUITE_PROFILE_HELP = `This profile of each manifest that has it, ${OTHERWISE}`;

/** The profile that `--profile` means; `undefined`: none. */
export function chosenProfile(manifest: string, given: string | undefined): string | undefined {
  if (given !== undefined) return isNoProfile(given) ? undefined : given;
  return profileIfAny(readManifestFile(manifest), undefined);
}

/** The same of one of several manifests, not all of which need have it. */
export function profileIfAny(
  { profiles }: Pick<Manifest, 'profiles'>,
  given: string | undefined,
): string | undefined {
  if (given !== undefined && isNoProfile(given)) return undefined;
  return [given, DEFAULT_PROFILE].find((one) => one !== undefined && Object.hasOwn(profiles, one));
}
