const LINE_EVERY_PERCENT = 10;

/**
 * Turns bytes done into a line every ten percent. The result takes the total so far, not
 * the difference, and may be told the same or a smaller number again.
 */
export function percentLines(
  what: string,
  totalBytes: number,
  log: (line: string) => void,
): (doneBytes: number) => void {
  let next = LINE_EVERY_PERCENT;
  return (doneBytes) => {
    const percent = Math.min(100, Math.floor((100 * doneBytes) / totalBytes));
    if (percent < next) return;
    log(`${what}: ${percent} % of ${(totalBytes / 1e6).toFixed(1)} MB`);
    next = percent - (percent % LINE_EVERY_PERCENT) + LINE_EVERY_PERCENT;
  };
}
