// biome-ignore-all lint/suspicious/noExplicitAny: architecture types meet in the manifest
import { isArcherError, type Plugin } from '@archer-nas/core';
import { expect } from 'vitest';
import type { Check } from './check.ts';
import { type Blocks, createParts, everything } from './parts.ts';
import type { RowSubject } from './row.ts';

/** Every manifest has a space, every run an engine. */
const ALWAYS: readonly string[] = ['space', 'engine', 'strategy'];

/**
 * For a plugin that requires something: a manifest without it is refused before any part is
 * created, by an error that names both sides.
 */
export function capabilityChecks(subject: RowSubject): readonly Check[] {
  const needs = requiredBy(subject).filter((need) => !ALWAYS.includes(need));
  if (needs.length === 0) return [];
  return [
    {
      name: 'refuses a manifest that lacks what it requires, naming both sides',
      run: async () => {
        for (const need of needs) await checkRefusal(subject, need);
      },
    },
  ];
}

function requiredBy({ kind, use, row }: RowSubject): readonly string[] {
  const plugin = row.plugins.find((one) => one.kind === kind && one.id === use);
  return plugin !== undefined && 'requires' in plugin ? (plugin.requires ?? []) : [];
}

async function checkRefusal(subject: RowSubject, need: string): Promise<void> {
  const blocks = subject.manifest();
  await createParts(blocks); // with everything there, it is made
  let created = 0;
  const watched = withoutCapability(everything(blocks), need).map((plugin) =>
    'create' in plugin ? { ...plugin, create: () => created++ } : plugin,
  );
  const lacking = Object.fromEntries(
    Object.entries({ ...blocks, plugins: watched }).filter(([key]) => key !== need),
  ) as unknown as Blocks;
  const error = await createParts(lacking).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(isArcherError(error), `without ${need}, an ArcherError, not ${error}`).toBe(true);
  const { message } = error as Error;
  expect(message, 'names the plugin').toContain(`"${subject.use}"`);
  expect(message, 'names what it requires').toContain(need);
  expect(created, 'parts that were created before').toBe(0);
}

/** The same plugins, of which none provides `need`. */
function withoutCapability(plugins: readonly Plugin<any, any>[], need: string): Plugin<any, any>[] {
  return plugins.map((plugin) =>
    'provides' in plugin && plugin.provides
      ? { ...plugin, provides: plugin.provides.filter((name) => name !== need) }
      : plugin,
  );
}
