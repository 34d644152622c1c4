import { z } from 'zod';
import { ArcherError, EXIT } from './errors.ts';
import type { Plugin } from './plugin.ts';
import { suggestion } from './suggest.ts';

/** The options of a block as its plugin takes them. @throws ArcherError naming place and option */
export function parseOptions(
  plugin: Pick<Plugin, 'id' | 'options'>,
  options: unknown,
  place: string,
): unknown {
  const parsed = plugin.options.safeParse(options);
  if (parsed.success) return parsed.data;
  const unknown = parsed.error.issues.find((issue) => issue.code === 'unrecognized_keys');
  throw invalid(
    place,
    `options that "${plugin.id}" does not take:\n${z.prettifyError(parsed.error)}`,
    unknown && suggestion(unknown.keys[0] ?? '', ownOptions(plugin)),
  );
}

/** Names of the options that a plugin declares; a loose one passes others on. */
export function ownOptions({ options }: Pick<Plugin, 'options'>): readonly string[] {
  return Object.keys((options as { shape?: object }).shape ?? {});
}

/** The error of a place in a manifest where something else was expected. */
export function invalid(place: string, given: string, hint?: string): ArcherError {
  return new ArcherError('ARCHER_MANIFEST', `${place}: ${given}`, {
    exit: EXIT.manifest,
    ...(hint === undefined ? {} : { hint }),
  });
}
