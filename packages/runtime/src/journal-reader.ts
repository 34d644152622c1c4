import { readFileSync } from 'node:fs';
import { ArcherError, EXIT, type JournalLine, type State } from '@archer-nas/core';
import { onDisk } from './disk-error.ts';
import { isThere } from './durable.ts';
import { checkFormat, FORMAT } from './format.ts';
import { CHECKSUM_DIGITS, type JournalEnd, lineChecksum } from './journal.ts';
import { soundStep } from './sound-step.ts';
import { CODEC_MARK, decodeState } from './state-codec.ts';

/** What a journal holds. */
export interface Journal {
  readonly lines: readonly JournalLine[];
  /** Where the good lines end. */
  readonly end: JournalEnd;
  /** Bytes behind `end` that are no line: what a crash tore off. */
  readonly tornBytes: number;
}

const SUM_FIELD = new RegExp(`,"sum":"([0-9a-f]{${CHECKSUM_DIGITS}})"}\r?$`);

/** What {@link readJournal} gives. */
export interface ReadOptions {
  /** False: the lines of steps are checked, and left out. A run that goes on needs none of them. */
  readonly steps?: boolean;
}

/**
 * Reads a journal up to its last good line. What follows is what a crash tore off, as long
 * as no good line follows; a missing file is an empty journal.
 * @throws ArcherError `ARCHER_JOURNAL_CORRUPT` for garbage with good lines behind it, and
 * for numbers that do not count up; `ARCHER_FORMAT`; `ARCHER_DISK` where it cannot be read
 */
export function readJournal(file: string, { steps = true }: ReadOptions = {}): Journal {
  // Only a journal that is not there is empty: one that cannot be read must not be begun anew.
  if (!onDisk(file, () => isThere(file))) {
    return { lines: [], end: { nextSeq: 0, bytes: 0 }, tornBytes: 0 };
  }
  const content = onDisk(file, () => readFileSync(file));
  const lines: JournalLine[] = [];
  let count = 0;
  let bytes = 0;
  let firstBad: number | undefined;
  for (const { start, end } of lineRanges(content)) {
    const step = steps ? undefined : soundStep(content, start, end);
    const line = step === undefined ? parseLine(content.toString('utf8', start, end)) : undefined;
    const seq = step ?? line?.seq;
    if (seq === undefined) {
      firstBad ??= count + 1;
      continue;
    }
    if (firstBad !== undefined) throw corrupt(file, firstBad, 'fails its checksum');
    if (seq !== count) throw corrupt(file, count + 1, `has number ${seq}, expected ${count}`);
    if (line !== undefined) lines.push(line);
    if (seq === 0 && line !== undefined) checkFormat('journal', formatOf(line), file);
    count++;
    bytes = end + 1;
  }
  return { lines, end: { nextSeq: count, bytes }, tornBytes: content.length - bytes };
}

/** A journal's first line says its format; the first journals did not say it. */
function formatOf({ body }: JournalLine): State {
  return field(body, 'format') ?? FORMAT.journal;
}

/** Where the complete lines of a file are, without their line breaks. */
function* lineRanges(content: Buffer): Generator<{ start: number; end: number }> {
  for (let start = 0; ; ) {
    const end = content.indexOf(10, start);
    if (end < 0) return;
    yield { start, end };
    start = end + 1;
  }
}

/** The line that a text is, or `undefined` when its checksum does not fit. */
export function parseLine(text: string): JournalLine | undefined {
  const sum = SUM_FIELD.exec(text);
  if (sum === null) return undefined;
  const unsigned = `${text.slice(0, sum.index)}}`;
  if (lineChecksum(unsigned) !== sum[1]) return undefined;
  // The checksum says that these are the bytes that formatLine wrote.
  const line = JSON.parse(unsigned) as Omit<JournalLine, 'body'> & { readonly body: unknown };
  // Most lines have nothing that JSON lacks: what it parsed is the state.
  if (!unsigned.includes(CODEC_MARK)) return line as JournalLine;
  return { ...line, body: decodeState(line.body) };
}

function corrupt(file: string, line: number, what: string): ArcherError {
  return new ArcherError('ARCHER_JOURNAL_CORRUPT', `Line ${line} of ${file} ${what}.`, {
    exit: EXIT.corrupt,
    hint: 'Restore the file from a backup, or start the run again from zero with --restart.',
  });
}

/**
 * The lines that count: without the science lines and checkpoints that a later resume, extension or
 * rollback replaced. A `resume` line names the last line that it kept as `body.after`, an `extend`
 * line also a checkpoint behind that as `body.keeps`; a `rollback` line the search's progress that it
 * went back to as `body.to`.
 */
export function effectiveLines(lines: readonly JournalLine[]): JournalLine[] {
  let kept: JournalLine[] = [];
  for (const line of lines) {
    if (isGoingOn(line)) {
      const after = Number(field(line.body, 'after'));
      const keeps = field(line.body, 'keeps');
      kept = kept.filter(
        (earlier) => earlier.seq <= after || earlier.seq === keeps || !isReplaced(earlier),
      );
    } else if (isRetry(line) && line.event === 'rollback') {
      const after = anchorSeq(kept, Number(field(line.body, 'to')));
      kept = kept.filter((one) => one.seq <= after || !isReplaced(one) || isRetry(one));
    }
    kept.push(line);
  }
  return kept;
}

/** True for lines behind which a run goes on from an earlier one, which they name. */
export function isGoingOn({ job, event }: JournalLine): boolean {
  return job === 'run' && (event === 'resume' || event === 'extend');
}

/** True for the lines that say what was done about a step that gave NaN. */
export function isRetry({ kind, job, event }: JournalLine): boolean {
  return kind === 'science' && job === 'search' && (event === 'skip' || event === 'rollback');
}

/** The line of the checkpoint that a rollback went back to; -1: the beginning. */
export function anchorSeq(lines: readonly JournalLine[], to: number): number {
  if (to === 0) return -1;
  const anchor = lines.findLast(({ job, event, at, body }) => {
    return (
      job === 'search' && event === 'checkpoint' && at === to && field(body, 'anchor') === true
    );
  });
  return anchor?.seq ?? -1;
}

/** True for lines that a resume behind them replaces; the others stay. */
export function isReplaced(line: JournalLine): boolean {
  return line.kind === 'science' || line.event === 'checkpoint';
}

/**
 * The science of a run: equal for every run of the same manifest and seed, however often it
 * was killed. `seq` counts the science lines alone.
 */
export function scienceLines(lines: readonly JournalLine[]): JournalLine[] {
  return effectiveLines(lines)
    .filter((line) => line.kind === 'science')
    .map((line, seq) => ({ ...line, seq }));
}

/** The line that says how a run was begun, went on after accepted drift, or was extended. */
export function originLine(lines: readonly JournalLine[]): JournalLine | undefined {
  return lines.findLast(({ job, body }) => job === 'run' && field(body, 'manifest') !== undefined);
}

/** {@link originLine} of a journal, without reading the lines of steps, of which there are many. */
export function readOriginLine(file: string): JournalLine | undefined {
  if (!onDisk(file, () => isThere(file))) return undefined;
  const content = onDisk(file, () => readFileSync(file));
  const lines: JournalLine[] = [];
  for (const { start, end } of lineRanges(content)) {
    const text = content.toString('utf8', start, end);
    const line = text.includes('"job":"run"') ? parseLine(text) : undefined;
    if (line !== undefined) lines.push(line);
  }
  return originLine(lines);
}

/** The field `key` of a line's body. */
export function field(body: State, key: string): State | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  if (ArrayBuffer.isView(body)) return undefined;
  return (body as Readonly<Record<string, State>>)[key];
}
