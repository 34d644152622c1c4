import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ArcherError, definePlugin, EXIT, type SearchSpace, sha256Hex } from '@archer-nas/core';
import { z } from 'zod';

import { parseLatencies } from './latency-table.ts';
import { withLatency } from './with-latency.ts';

const plugin = definePlugin({
  id: 'with-latency',
  kind: 'space',
  summary: 'Any space with a latency among its costs, the sum of a table over the decisions.',
  options: z.strictObject({
    file: z.string().min(1).describe('CSV that `archer latency` wrote, relative to the manifest.'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits')
      .describe('What the file hashes to, so that a search stays the same.'),
    name: z
      .string()
      .regex(/^[a-z][\w-]*$/)
      .default('latency_ms')
      .describe('Of the cost, in milliseconds.'),
    device: z.string().optional().describe('Only lines of this device; all unless stated.'),
    engine: z.string().optional().describe('Only lines of this engine; all unless stated.'),
    batch: z.int().positive().optional().describe('Only lines of this batch; all unless stated.'),
  }),
  parts: { space: { kind: 'space' } },
  provides: ['costs'],
  create: ({ file, sha256, name, ...lines }, { parts, folders }) => {
    const path = resolve(folders.manifest, file);
    const table = parseLatencies(textOf(path, sha256), file, lines);
    return withLatency(parts.space as SearchSpace<unknown>, table, name);
  },
});

function textOf(path: string, sha256: string): string {
  const bytes = bytesOf(path);
  const actual = sha256Hex(bytes);
  if (actual === sha256) return bytes.toString('utf8');
  throw new ArcherError('ARCHER_DATA_HASH', `${path} has sha256 ${actual}, not ${sha256}.`, {
    hint: 'If this is the table you mean, say so in the manifest.',
    exit: EXIT.data,
  });
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ArcherError('ARCHER_DATA_MISSING', `There is no latency table ${path}.`, {
      ...{ hint: 'archer latency MANIFEST --out FILE measures one.', exit: EXIT.data, cause },
    });
  }
}

export default plugin;
export { type LatencyLines, type LatencyTable, parseLatencies } from './latency-table.ts';
export { withLatency } from './with-latency.ts';
