import { readManifestFile } from '@archer-nas/runtime';
import { NO_PROFILE } from './seed-command.ts';

/** The profile that a run without `--profile` takes, where a manifest has it. */
const DEFAULT_PROFILE = 'quick';

export const PROFILE_HELP = `One of the manifest's; "${DEFAULT_PROFILE}" if it has that, "${NO_PROFILE}" for none`;

/** The profile that `--profile` means; `undefined`: none. */
export function chosenProfile(manifest: string, given: string | undefined): string | undefined {
  if (given !== undefined) return given === NO_PROFILE ? undefined : given;
  const { profiles } = readManifestFile(manifest);
  return Object.hasOwn(profiles, DEFAULT_PROFILE) ? DEFAULT_PROFILE : undefined;
}
