import { distance } from 'fastest-levenshtein';

/** The known names most like `given`, best first; only those a typo could explain. */
export function nearest(given: string, known: readonly string[], limit = 3): string[] {
  const within = Math.max(2, Math.floor(given.length / 3));
  return known
    .map((name) => ({ name, far: distance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, far }) => far <= within || name.startsWith(given))
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** A sentence for an unknown name: `Did you mean "spos"?`, or the list of what there is. */
export function suggestion(given: string, known: readonly string[]): string {
  const close = nearest(given, known).map((name) => `"${name}"`);
  if (close.length > 0) return `Did you mean ${close.join(' or ')}?`;
  return known.length > 0 ? `Known: ${[...known].sort().join(', ')}.` : 'There are none.';
}
