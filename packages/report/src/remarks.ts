import type { JournalLine } from '@archer-nas/core';

/** What a reader of a run's numbers should know of how it came by them, in whole sentences. */
export function remarksOf(lines: readonly JournalLine[]): string[] {
  const retries = lines.filter(
    ({ kind, job, event }) =>
      kind === 'science' && job === 'search' && (event === 'skip' || event === 'rollback'),
  );
  const drifts = lines
    .filter(({ job, event }) => job === 'run' && event === 'resume')
    .flatMap(({ body }) => (body as { readonly drift?: readonly string[] } | null)?.drift ?? []);
  return [...retries.map(retryText), ...drifts.map((drift) => `Went on after a change: ${drift}.`)];
}

function retryText({ event, at, body }: JournalLine): string {
  const { metric, value, to } = body as Readonly<Record<string, unknown>>;
  const done = event === 'skip' ? 'undone and taken again' : `undone, and all that followed ${to}`;
  return `The step after ${at} gave ${metric} ${value}: ${done}, with other random numbers.`;
}
