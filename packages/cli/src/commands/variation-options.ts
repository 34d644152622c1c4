import type { Options } from 'yargs';
import { wholeNumber } from '../number-options.ts';
import { takeSettings } from '../seed-command.ts';

/** Options that change what a manifest says. */
export const variationOptions = {
  set: {
    type: 'string',
    array: true,
    nargs: 1,
    default: [],
    defaultDescription: 'nothing',
    describe: 'Change one value of the manifest; repeatable',
  },
  seed: { type: 'string', array: true, describe: "These seeds instead of the manifest's" },
} as const satisfies Record<string, Options>;

/** Their parsed values. */
export interface VariationArguments {
  set: string[];
  seed?: string[] | undefined;
}

/** The same as the runtime takes them. @throws ArcherError `ARCHER_USAGE` */
export function variation({ set, seed }: VariationArguments) {
  return {
    seeds: seed && [...new Set(seed.map((text) => wholeNumber('--seed', 0, text)))],
    settings: [...takeSettings(), ...set],
  };
}
