import { createHash } from 'node:crypto';
import { type Batch, encodeNumber, type KeyValue, type Metric } from './wire.ts';

/** What a server accepts (mlflow/utils/validation.py); lengths in characters. */
export const LIMITS = {
  metrics: 1000,
  params: 100,
  tags: 100,
  entries: 1000,
  bytes: 1_000_000,
  key: 250,
  paramValue: 6000,
  /** 8000 now, 5000 on older servers: we stay where all of them are. */
  tagValue: 5000,
  experimentName: 500,
} as const;

/** Room for the run's id and the brackets around the entries. */
const ENVELOPE_BYTES = 500;

const ILLEGAL = /[^/\w.\- ]/g;

/** True for a key of a metric, parameter or tag that every server takes (no colon: Windows). */
export function isKey(key: string): boolean {
  const parts = key.split('/');
  const plain = parts.every((part) => part !== '' && part !== '.' && part !== '..');
  return plain && !key.startsWith('..') && key.length <= LIMITS.key && key.search(ILLEGAL) < 0;
}

/**
 * The key itself where it is legal; otherwise a legal one that still shows what it was, with
 * 8 hex digits of the original's SHA-256, so that two illegal keys stay two keys.
 */
export function safeKey(key: string): string {
  if (isKey(key)) return key;
  const plain = key
    .replace(ILLEGAL, '_')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/')
    .replace(/^\.+/, '');
  return `${plain.slice(0, LIMITS.key - 9).replace(/\/$/, '')}.${digest(key)}`.replace(/^\./, '');
}

/**
 * A relative path for an artifact that every server takes: {@link safeKey} of the name, with
 * the extension kept at the end. `..` never survives.
 */
export function safePath(name: string): string {
  if (isKey(name)) return name;
  const extension = /\.\w{1,8}$/.exec(name)?.[0] ?? '';
  return safeKey(name.slice(0, name.length - extension.length)) + extension;
}

/** The text, shortened to `limit` characters where needed, ending in a hash of the whole. */
export function clip(text: string, limit: number): string {
  const clean = wellFormed(text);
  if (clean.length <= limit) return clean;
  const mark = `… sha256:${digest(text)}`;
  return clean.slice(0, limit - mark.length).replace(/[\uD800-\uDBFF]$/, '') + mark;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** Half of a surrogate pair and NUL make data bases fail: both become U+FFFD. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString().replaceAll('\0', '\uFFFD');
}

/** The request's form of a batch, every list present. */
export interface WireBatch {
  readonly metrics: (Omit<Metric, 'value'> & { value: number | string })[];
  readonly params: KeyValue[];
  readonly tags: KeyValue[];
}

type Kind = keyof WireBatch;

/**
 * Splits a batch into requests within {@link LIMITS}: legal keys, shortened values, numbers of
 * entries and bytes. Parameters come first, metrics next, tags last: a tag that says how far
 * the metrics are is never there before them.
 *
 * @throws RangeError for a step or a time that is not a whole number
 */
export function* split(batch: Batch): Generator<WireBatch> {
  let current = empty();
  let bytes = ENVELOPE_BYTES;
  for (const [kind, entry] of entries(batch)) {
    const size = Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (isFull(current, kind) || bytes + size > LIMITS.bytes) {
      yield current;
      current = empty();
      bytes = ENVELOPE_BYTES;
    }
    (current[kind] as (typeof entry)[]).push(entry);
    bytes += size;
  }
  if (count(current) > 0) yield current;
}

function* entries(batch: Batch): Generator<[Kind, WireBatch[Kind][number]]> {
  for (const param of once(batch.params, LIMITS.paramValue)) yield ['params', param];
  for (const metric of batch.metrics ?? []) yield ['metrics', wireMetric(metric)];
  for (const tag of once(batch.tags, LIMITS.tagValue)) yield ['tags', tag];
}

/** A server that gets a fraction stores step 0 at time 0 and says nothing. */
function wireMetric(metric: Metric): WireBatch['metrics'][number] {
  const { key, value, step, timestamp } = metric;
  if (Number.isSafeInteger(step) && Number.isSafeInteger(timestamp))
    return { key: safeKey(key), value: encodeNumber(value), step, timestamp };
  throw new RangeError(
    `MLflow takes whole steps and milliseconds; ${key} has step ${step} at ${timestamp}.`,
  );
}

/** A key may come once per request; the last value counts. */
function once(list: readonly KeyValue[] = [], limit: number): KeyValue[] {
  const values = new Map(list.map(({ key, value }) => [safeKey(key), clip(value, limit)]));
  return [...values].map(([key, value]) => ({ key, value }));
}

const empty = (): WireBatch => ({ metrics: [], params: [], tags: [] });
const count = (b: WireBatch): number => b.metrics.length + b.params.length + b.tags.length;
const isFull = (b: WireBatch, kind: Kind): boolean =>
  b[kind].length >= LIMITS[kind] || count(b) >= LIMITS.entries;
