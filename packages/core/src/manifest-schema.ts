import { z } from 'zod';
import { folderName, ID, namedOverlays } from './folder-name.ts';
import { nonFiniteSchema, type WrittenNonFinite } from './non-finite.ts';
import type { Block } from './plugin.ts';
import { type Sweep, sweepSchema } from './sweep-schema.ts';

const blockSchema = z.looseObject({
  use: z.string().regex(ID, 'a plugin id: lower-case letters, digits and single hyphens'),
});
const studySchema = z
  .record(z.string().regex(ID), z.looseObject({}).nullable())
  .refine((entry) => Object.keys(entry).length === 1, 'one study per entry: "- rank: { … }"');

/** What a result should be, and where that number was published. */
export const expectationSchema = z.strictObject({
  metric: z.string().min(1),
  profile: z.string().optional(),
  value: z.number(),
  tolerance: z.number().nonnegative(),
  source: z.string().min(1),
  /**
   * What the spread is taken over: `seeds` (default); `repetitions` inside of a run, which
   * reports the interval as `<metric>-low` and `<metric>-high`; `nothing` for a number that no
   * randomness enters.
   */
  over: z.enum(['seeds', 'repetitions', 'nothing']).optional(),
});
export type Expectation = z.output<typeof expectationSchema>;

/** The engine a manifest asks for; `--engine` and `ARCHER_ENGINE` come before it. */
export const engineSchema = z.strictObject({
  use: z.string().regex(ID),
  precision: z.enum(['f32', 'bf16']).optional(),
  threads: z.int().positive().optional(),
  isa: z.string().optional(),
});

/** The finished run that a search begins from: of an experiment, or in a folder of results. */
export const fromSchema = z.strictObject({
  run: z
    .string()
    .min(1)
    .describe("an experiment whose folder lies beside this manifest's, or a folder of results"),
  profile: folderName.optional().describe('its profile, `base` for none; the own one otherwise'),
  seed: z.int().nonnegative().optional().describe('its seed; the own one otherwise'),
});

/** {@link fromSchema}, and once the run was found what it is. */
export type From = z.output<typeof fromSchema> & {
  readonly found?: {
    /** Of its search. */
    readonly identity: string;
    /** SHA-256 of the header of its last checkpoint. */
    readonly checkpoint: string;
    /** `search`: the same search, of which only studies are asked; `weights`: another one. */
    readonly use: 'search' | 'weights';
  };
};

/** A manifest as written, profiles not yet applied, plugin options not yet checked. */
export const manifestSchema = z.strictObject({
  $schema: z.string().optional(),
  name: folderName,
  title: z.string().optional(),
  seeds: z
    .array(z.int().nonnegative())
    .min(1)
    .refine((seeds) => new Set(seeds).size === seeds.length, 'seeds must differ')
    .default([0]),
  space: blockSchema,
  data: blockSchema.optional(),
  evaluator: blockSchema.optional(),
  objective: blockSchema.optional(),
  strategy: blockSchema,
  from: fromSchema.optional(),
  study: z.array(studySchema).default([]),
  tracker: blockSchema.nullable().optional(),
  launcher: blockSchema.nullable().optional(),
  engine: engineSchema.optional(),
  nonFinite: nonFiniteSchema.optional(),
  profiles: namedOverlays.default({}),
  sweep: sweepSchema.optional(),
  expect: z.array(expectationSchema).default([]),
});

/** A parsed manifest: {@link parseManifest}. */
export interface Manifest {
  readonly name: string;
  readonly title?: string | undefined;
  readonly seeds: readonly number[];
  readonly space: Block;
  readonly data?: Block | undefined;
  readonly evaluator?: Block | undefined;
  readonly objective?: Block | undefined;
  readonly strategy: Block;
  /** A finished run that the search begins from. */
  readonly from?: From | undefined;
  /** One block per study; `use` is the study's id. */
  readonly study: readonly Block[];
  /** `null` switches tracking off. */
  readonly tracker?: Block | null | undefined;
  /** Where seeds run; `null`, like nothing: one after the other in this process. */
  readonly launcher?: Block | null | undefined;
  readonly engine?: z.output<typeof engineSchema> | undefined;
  /** What to do when a step of the search gives NaN or an infinite loss; `fail` unless given. */
  readonly nonFinite?: WrittenNonFinite | undefined;
  readonly profiles: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
  /** The points of `archer sweep`; a run of one of them is without it. */
  readonly sweep?: Sweep | undefined;
  readonly expect: readonly Expectation[];
}
