import { ArcherError, EXIT } from '@archer-nas/core';
import type { LayeredPath } from '@archer-nas/nn';

/** By layer, the names of its candidates. */
export type Options = readonly (readonly string[])[];

/** The candidates' names, layer by layer: `k7_e3 k3_e3 skip …`. */
export function format(a: LayeredPath, options: Options): string {
  return a.map((option, layer) => options[layer]?.[option] ?? '').join(' ');
}

/** Inverse of {@link format}. @throws ArcherError `ARCHER_MOBILE_NOTATION` naming the layer */
export function parse(text: string, options: Options): LayeredPath {
  const names = text.trim().split(/\s+/);
  const path = names.map((name, layer) => options[layer]?.indexOf(name) ?? -1);
  const at = path.indexOf(-1);
  if (names.length === options.length && at < 0) return path;
  const problem =
    names.length === options.length
      ? `layer ${at} is "${names[at]?.slice(0, 20)}"`
      : `it has ${names.length} of ${options.length} layers`;
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  throw new ArcherError(
    'ARCHER_MOBILE_NOTATION',
    `"${shown}" is no architecture of this mobile space: ${problem}.`,
    {
      hint: `A candidate per layer, between spaces: ${(options[Math.max(0, at)] ?? []).join(', ')}.`,
      exit: EXIT.usage,
    },
  );
}
