import { CHECKSUM_DIGITS, lineChecksum } from './journal.ts';

const SUM_BEGIN = ',"sum":"';
const SUM_END = '"}';
const SUM_LENGTH = SUM_BEGIN.length + CHECKSUM_DIGITS + SUM_END.length;
const CLOSING_BRACE = 125;
/** How the lines of steps begin; the names of their jobs are short. */
const STEP = /^\{"seq":(\d+),"kind":"(?:science|telemetry)","job":"[^"\\]*","event":"step",/;
const STEP_BYTES = 256;

/**
 * The number of a step's line whose checksum fits; `undefined` for any other line. The line is
 * `content` from `start` to `end`, without its line break, as `formatLine` wrote it. Nothing is
 * parsed: that takes four times as long, and most lines of a long run are steps.
 */
export function soundStep(content: Buffer, start: number, end: number): number | undefined {
  const head = STEP.exec(content.toString('latin1', start, Math.min(end, start + STEP_BYTES)));
  const sumAt = end - SUM_LENGTH;
  if (head === null || sumAt < start + head[0].length) return undefined;
  const written = content.toString('latin1', sumAt, end);
  const sum = sumOfOpen(content, start, sumAt);
  return written === `${SUM_BEGIN}${sum}${SUM_END}` ? Number(head[1]) : undefined;
}

/** The checksum of a line that would end at `end` with a brace: it is put there meanwhile. */
function sumOfOpen(content: Buffer, start: number, end: number): string {
  const before = content.readUInt8(end);
  content.writeUInt8(CLOSING_BRACE, end);
  const sum = lineChecksum(content.subarray(start, end + 1));
  content.writeUInt8(before, end);
  return sum;
}
