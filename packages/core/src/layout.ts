import { ArcherError, EXIT } from './errors.ts';
import type { State } from './state.ts';

/**
 * A saved state, once it is known to be in the layout that this version writes.
 *
 * @param subject what is saved, with its verb: 'The state of repeat is'
 * @throws ArcherError `ARCHER_FORMAT` for the state of another version
 */
export function ofLayout<T extends { readonly format: number }>(
  subject: string,
  saved: State,
  format: T['format'],
): T {
  const state = saved as unknown as T;
  if (state.format === format) return state;
  const found = JSON.stringify(state.format) ?? 'none';
  throw new ArcherError(
    'ARCHER_FORMAT',
    `${subject} in the layout number ${found}; this version reads ${format}.`,
    {
      hint: 'Go on with the version that wrote it, or begin again with --restart.',
      exit: EXIT.drift,
    },
  );
}
