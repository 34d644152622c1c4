import { z } from 'zod';

/** One point of a metric's history. */
export interface Metric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

/** What one `log-batch` call can carry. */
export interface Batch {
  readonly metrics?: readonly Metric[];
  readonly params?: readonly KeyValue[];
  readonly tags?: readonly KeyValue[];
}

/** What a run reads. */
export interface Dataset {
  /** At most 500 characters. */
  readonly name: string;
  /** At most 36 characters. */
  readonly digest: string;
  /** JSON text, of which `source_type` says what it is. */
  readonly source: string;
  readonly source_type: string;
}

/** JSON has no NaN: protobuf's JSON form of a double takes these strings. */
export function encodeNumber(value: number): number | string {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** An object as the `{ key, value }` list that the API takes. */
export function pairs(record: Readonly<Record<string, string>>): KeyValue[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}

const double = z
  .union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])
  .transform((value) => Number(value));
/** protobuf's JSON form may write a 64-bit integer as a string. */
const integer = z.union([z.int(), z.string().regex(/^-?\d+$/)]).transform((value) => Number(value));
const keyValue = z.object({ key: z.string(), value: z.string().default('') });

const metric = z.object({
  key: z.string(),
  value: double.default(0),
  timestamp: integer.default(0),
  step: integer.default(0),
});

const experiment = z.object({
  experiment_id: z.string(),
  name: z.string(),
  lifecycle_stage: z.string().default('active'),
});

const run = z.object({
  info: z.object({
    run_id: z.string().min(1),
    experiment_id: z.string(),
    run_name: z.string().default(''),
    status: z.string().default('RUNNING'),
    start_time: integer.default(0),
    artifact_uri: z.string().default(''),
    lifecycle_stage: z.string().default('active'),
  }),
  data: z
    .object({
      metrics: z.array(metric).default([]),
      params: z.array(keyValue).default([]),
      tags: z.array(keyValue).default([]),
    })
    .default({ metrics: [], params: [], tags: [] }),
});

export type Experiment = z.output<typeof experiment>;
export type Run = z.output<typeof run>;

/** A file or folder below a run's artifacts. */
export interface ArtifactEntry {
  readonly path: string;
  readonly isFolder: boolean;
  readonly sizeBytes: number;
}

const artifact = z
  .object({ path: z.string(), is_dir: z.boolean().default(false), file_size: integer.default(0) })
  .transform((a): ArtifactEntry => ({ path: a.path, isFolder: a.is_dir, sizeBytes: a.file_size }));

const pageToken = z.string().optional();

/** What the server may answer; everything is checked here and nowhere else. */
export const answers = {
  nothing: z.looseObject({}),
  experiment: z.object({ experiment }),
  experimentId: z.object({ experiment_id: z.string().min(1) }),
  run: z.object({ run }),
  runs: z.object({ runs: z.array(run).default([]), next_page_token: pageToken }),
  history: z.object({ metrics: z.array(metric).default([]), next_page_token: pageToken }),
  artifacts: z.object({ files: z.array(artifact).default([]), next_page_token: pageToken }),
  error: z.object({ error_code: z.string().optional(), message: z.string().optional() }),
};
