import type { RunRecord } from './record.ts';

/** Blocks that decide a number; where a tracker or a launcher is makes no other protocol. */
const SCIENCE = [
  'space',
  'data',
  'evaluator',
  'objective',
  'strategy',
  'study',
  'from',
  'nonFinite',
];
/** Options that say where something lies. */
const PLACES = ['folder', 'file'];

/** What `--set` or `archer extend` has made another protocol of than the manifest's: paths. */
export function changedSettings({ lines }: RunRecord): readonly string[] {
  const paths = lines.flatMap(({ job, body }) => {
    const changed = job === 'run' ? (body as { readonly changed?: unknown } | null)?.changed : [];
    return Array.isArray(changed) ? changed.map(String) : [];
  });
  return [...new Set(paths)].filter((path) => {
    const parts = path.split('.');
    return SCIENCE.includes(parts[0] ?? '') && !PLACES.includes(parts.at(-1) ?? '');
  });
}
