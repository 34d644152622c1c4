// biome-ignore-all lint/suspicious/noExplicitAny: options of any shape
import { type Block, isPreset, type Kind, type Plugin } from '@archer-nas/core';
import { expect } from 'vitest';
import type { Check } from './check.ts';
import { describeRow, type Row, type RowSubject, rowChecks } from './row.ts';
import { traceHash } from './trace-text.ts';

/**
 * A preset whose target is a plugin of another package: what it stands for. That the two work
 * together is shown where both are installed.
 */
export interface PresetRow extends Row {
  readonly preset: Block & { readonly kind: Kind };
}

/** Runs the contract of a preset, and what every row promises, as tests. */
export function describePreset(row: PresetRow): void {
  describeRow(subjectOf(row));
}

/** What {@link describePreset} runs. */
export function presetChecks(row: PresetRow): readonly Check[] {
  return rowChecks(subjectOf(row));
}

function subjectOf(row: PresetRow): RowSubject {
  const { kind, use } = row.preset;
  return {
    kind,
    use,
    row,
    manifest: () => row,
    checks: [
      { name: 'stands for the same block each time', run: () => checkPure(row) },
      { name: 'stands for another plugin', run: () => checkTarget(row) },
    ],
    trace: async () => {
      const block = expand(row);
      return { golden: { decisions: [block] }, whole: block };
    },
  };
}

function expand({ plugins, preset: { kind, use, ...options } }: PresetRow): Block {
  const plugin = plugins.find((one) => one.kind === kind && one.id === use);
  if (plugin === undefined || !isPreset(plugin as unknown as Plugin)) {
    throw new TypeError(`${kind}:${use} is no preset among the row's plugins`);
  }
  return (plugin as any).preset(frozen(plugin.options.parse(options)));
}

/** Writing to it throws. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

function checkPure(row: PresetRow): void {
  expect(traceHash(expand(row))).toBe(traceHash(expand(row)));
}

function checkTarget(row: PresetRow): void {
  const { use } = expand(row);
  expect(typeof use, 'the block names a plugin').toBe('string');
  expect(use, 'a preset of itself').not.toBe(row.preset.use);
}
