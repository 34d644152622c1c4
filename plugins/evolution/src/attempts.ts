/**
 * As many draws as are taken, up to `wanted`, of at most `attempts` draws for each of these.
 *
 * @param take whether a draw is kept; it may remember what it has taken
 */
export function collect<T>(
  wanted: number,
  attempts: number,
  draw: () => T,
  take: (drawn: T) => boolean,
): T[] {
  const found: T[] = [];
  for (let i = 0; i < wanted * attempts && found.length < wanted; i++) {
    const drawn = draw();
    if (take(drawn)) found.push(drawn);
  }
  return found;
}
