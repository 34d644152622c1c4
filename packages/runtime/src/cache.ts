import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cache, type State, sha256Hex } from '@archer-nas/core';
import { replaceFile } from './durable.ts';
import type { RunPlan } from './run-plan.ts';
import { decodeState, encodeState } from './state-codec.ts';

/**
 * A cache in files below `folder`. Two writers of a key are safe: each file appears whole.
 * A file that is damaged counts as absent, so its value is computed again.
 */
export function fileCache(folder: string): Cache {
  const fileOf = (key: string): string => {
    const name = sha256Hex(key);
    return join(folder, name.slice(0, 2), `${name}.json`);
  };
  return {
    async get(key) {
      const text = await readIfThere(fileOf(key));
      return text === undefined ? undefined : parseEntry(text, key);
    },
    async put(key, value) {
      const content = JSON.stringify({ key, value: encodeState(value) });
      replaceFile(fileOf(key), `${sha256Hex(content)}\n${content}\n`);
    },
  };
}

/** A cache that reads another one and forgets what it is given: for probes. */
export function readOnlyCache(cache: Cache): Cache {
  return { get: (key) => cache.get(key), put: async () => {} };
}

/** What a study has measured before, in this run or another one. */
export type StudyCaches = (study: number) => Cache;

/**
 * Caches of what the studies of a plan have measured, shared by all runs. Their keys say what was
 * measured, not by which code: the versions of plugins with a part in the numbers are added.
 */
export function answerCaches({ folders, resolved }: Pick<RunPlan, 'folders' | 'resolved'>) {
  const shared = fileCache(join(folders.data, 'answers'));
  return (study: number): Cache => {
    const parts = new RegExp(`^(space|data|study\\.${study})\\b`);
    const code = resolved.plugins
      .filter(({ place }) => parts.test(place))
      .map(({ package: name, version }) => `${name}@${version}`);
    const keyed = (key: string): string => [key, ...new Set(code.sort())].join(' ');
    return {
      get: (key) => shared.get(keyed(key)),
      put: (key, value) => shared.put(keyed(key), value),
    };
  };
}

function parseEntry(text: string, key: string): State | undefined {
  const [sum, content] = text.split('\n');
  if (sum === undefined || content === undefined || sha256Hex(content) !== sum) return undefined;
  const entry = JSON.parse(content) as { readonly key: string; readonly value: unknown };
  return entry.key === key ? decodeState(entry.value) : undefined;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
