import { ArcherError, EXIT } from '@archer-nas/core';

/** Milliseconds of every option, and of what all networks have. */
export interface LatencyTable {
  readonly base: number;
  /** @returns `undefined` for an option that the table does not have */
  of(decision: string, option: string): number | undefined;
}

/** Which lines of a table count: those with these values, where a value is given. */
export interface LatencyLines {
  readonly device?: string | undefined;
  readonly engine?: string | undefined;
  readonly batch?: number | undefined;
}

const NUMBER = /^\d{1,9}(\.\d{1,15})?([eE][+-]?\d{1,2})?$/;
const MOST_LINES = 100_000;

/**
 * Reads what `archer latency` writes, or a table of one's own: CSV without quotes whose header has
 * `decision`, `option` and `milliseconds`; the decision `base`, without option, is what every network
 * has. Other columns than `device`, `engine` and `batch` do not matter.
 *
 * @throws ArcherError `ARCHER_LATENCY_TABLE` naming the line
 */
export function parseLatencies(text: string, source: string, lines: LatencyLines): LatencyTable {
  const [header = '', ...rows] = text.split(/\r?\n/);
  const columns = header.split(',');
  for (const name of ['decision', 'option', 'milliseconds']) {
    if (!columns.includes(name)) throw wrong(source, 1, `has no column ${name}`);
  }
  if (rows.length > MOST_LINES) throw wrong(source, MOST_LINES, `is not its last`);
  const times = new Map<string, number>();
  rows.forEach((row, at) => {
    if (row === '') return;
    const field = fieldsOf(row, columns, { source, line: at + 2 });
    if (!counts(field, lines)) return;
    const key = keyOf(field('decision'), field('option'));
    const time = field('milliseconds');
    if (!NUMBER.test(time)) throw wrong(source, at + 2, `has "${time}" for milliseconds`);
    if (times.has(key)) {
      const twice = `has ${field('decision')} ${field('option')} once more`;
      throw wrong(source, at + 2, twice, 'Choose among its lines: device, engine or batch.');
    }
    times.set(key, Number(time));
  });
  if (times.size === 0)
    throw wrong(source, rows.length, 'is its last, and none is of these', which(lines));
  return {
    base: times.get(keyOf('base', '')) ?? 0,
    of: (decision, option) => times.get(keyOf(decision, option)),
  };
}

type Field = (name: string) => string;

function fieldsOf(
  row: string,
  columns: readonly string[],
  { source, line }: { readonly source: string; readonly line: number },
): Field {
  const fields = row.split(',');
  if (fields.length === columns.length) return (name) => fields[columns.indexOf(name)] ?? '';
  throw wrong(source, line, `has ${fields.length} fields, the header has ${columns.length}`);
}

function counts(field: Field, lines: LatencyLines): boolean {
  return Object.entries(lines).every(([name, value]) => {
    return value === undefined || field(name) === String(value);
  });
}

function keyOf(decision: string, option: string): string {
  return `${decision},${option}`;
}

function which(lines: LatencyLines): string {
  const asked = Object.entries(lines).filter(([, value]) => value !== undefined);
  return asked.map(([name, value]) => `${name} ${value}`).join(', ');
}

function wrong(source: string, line: number, what: string, hint?: string): ArcherError {
  return new ArcherError('ARCHER_LATENCY_TABLE', `${source}, line ${line} ${what}.`, {
    hint: hint || '`archer latency` writes such a table: decision,option,milliseconds.',
    exit: EXIT.data,
  });
}
