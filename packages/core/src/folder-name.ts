import { z } from 'zod';

/** Kebab-case: names of plugins, experiments and profiles. */
export const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Names of devices, which no file of Windows can have. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/;
/** The manifest as it stands, where a profile is named: on the command line, and in `from`. */
export const NO_PROFILE = 'base';
/** What stands for no profile: as the name of a folder, and where one is named. */
const NONE: readonly string[] = ['default', NO_PROFILE];

/** Whether a name stands for no profile: `base`, or `default`, as folders and reports call it. */
export function isNoProfile(name: string): boolean {
  return NONE.includes(name);
}

/** A name that is also that of a folder, on every file system. */
export const folderName = z
  .string()
  .regex(ID, 'lower-case letters, digits and single hyphens')
  .max(100)
  .refine((name) => !DEVICE.test(name), 'another name: this is a device of Windows');

/** Parts of manifests by names that are those of folders: profiles, points of a sweep. */
export const namedOverlays = z
  .record(z.string(), z.looseObject({}).nullable())
  .superRefine((overlays, { addIssue }) => {
    for (const name of Object.keys(overlays)) {
      const message = problemOfProfile(name);
      if (message !== undefined) addIssue({ code: 'custom', path: [name], message });
    }
  });

/** Why a name is none of a profile and of the folder of its runs; undefined where it is one. */
export function problemOfProfile(name: string): string | undefined {
  if (isNoProfile(name)) return 'another name: this stands for no profile';
  return folderName.safeParse(name).error?.issues[0]?.message;
}
