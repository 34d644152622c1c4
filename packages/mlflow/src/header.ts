import type { TrackedRun } from '@archer-nas/core';
import { redact } from './address.ts';
import { clip, LIMITS, safeKey } from './limits.ts';
import type { Batch, KeyValue, Run } from './wire.ts';

/** Parameters and tags of a run, as far as the server still needs them. */
export interface Header {
  readonly batch: Batch;
  /** Values too long for a parameter, whole, by artifact name. */
  readonly artifacts: Readonly<Record<string, string>>;
}

/**
 * Compares a run with what the server has. A parameter cannot be changed there: one that
 * differs becomes the tag `archer.drift.<key>`. Credentials are replaced by `***`.
 */
export function headerFor(run: TrackedRun, existing: Run, secrets: readonly string[]): Header {
  const stored = new Map(existing.data.params.map(({ key, value }) => [key, value]));
  const params: KeyValue[] = [];
  const tags = Object.entries(run.tags)
    .map(([key, value]) => ({ key: safeKey(key), value: redact(value, secrets) }))
    .filter(
      ({ key, value }) => !existing.data.tags.some((t) => t.key === key && t.value === value),
    );
  const artifacts: Record<string, string> = {};
  for (const [name, raw] of Object.entries(run.params)) {
    const key = safeKey(name);
    const whole = redact(raw, secrets);
    const value = clip(whole, LIMITS.paramValue);
    if (whole.length > LIMITS.paramValue) artifacts[`params/${key}.txt`] = whole;
    const there = stored.get(key);
    if (there === undefined) params.push({ key, value });
    else if (there !== value) tags.push({ key: safeKey(`archer.drift.${key}`), value: whole });
  }
  return { batch: { params, tags }, artifacts };
}
