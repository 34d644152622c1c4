import { corrupt } from './data-errors.ts';
import { type FileDefinition, RowProblem, type TableColumn } from './table-definition.ts';

/** A file in memory, checked line by line. */
export interface ParsedFile {
  /** Architectures, in the order in which they first appear. */
  readonly keys: readonly string[];
  /** The known columns that the file has, in the order of its definition. */
  readonly columns: readonly TableColumn[];
  /** Values by column name, one per key; NaN where the file says that none is available. */
  readonly values: ReadonlyMap<string, Float64Array>;
}

const NUMBER = /^-?\d{1,20}(\.\d{1,30})?([eE][+-]?\d{1,3})?$/;
/** Published lines have a few thousand characters. */
const MAX_LINE = 2 ** 16;
/** How files write that a score does not exist. An accuracy is a number or empty. */
const NOT_FINITE: ReadonlySet<string> = new Set(['nan', 'inf', '-inf']);

/** How many lines a file may have. */
export interface CsvLimits {
  /** Names the file in errors. */
  readonly source: string;
  /** Architectures of the benchmark. */
  readonly architectures: number;
}

/**
 * Reads CSV with a header line and `\n` ends, without quoting. Columns that are not known are
 * ignored. Memory is claimed for the lines that are there.
 *
 * @throws ArcherError `ARCHER_DATA_CORRUPT` naming the line: a missing key column, no known
 * column, a line of another length, an architecture twice, keys that contradict each other, or a
 * value that is no number or out of range
 */
export function parseCsv(text: string, file: FileDefinition, limits: CsvLimits): ParsedFile {
  const { source } = limits;
  const per = perFields(file);
  const groups = per.length === 0 ? 1 : new Set(file.columns.map(({ where }) => where)).size;
  const most = limits.architectures * groups;
  const lines = text.split('\n', most + 3);
  if (lines.at(-1) === '') lines.pop();
  for (const [at, line] of lines.entries()) checkLength(line, at + 1, source);
  const header = (lines.shift() ?? '').split(',');
  const keysAt = keyPositions(header, file, source);
  const columns = knownColumns(header, file, source);
  if (lines.length === 0 || lines.length > most) {
    throw corrupt(`${source} has ${lines.length} rows; a table has 1 to ${most}`);
  }
  const builder = new ColumnBuilder(columns, header, lines.length);
  const perAt = per.map((name) => header.indexOf(name));
  lines.forEach((line, at) => {
    const place = `${source}, line ${at + 2}`;
    const fields = line.split(',');
    if (fields.length !== header.length) {
      throw corrupt(`${place}: ${fields.length} fields, the header has ${header.length}`);
    }
    const key = checkedKey(
      file,
      keysAt.map((one) => fields[one] ?? ''),
      place,
    );
    const where = perAt.map((one) => fields[one]).join(' ');
    builder.add(key, fields, perAt.length === 0 ? undefined : where, place);
  });
  return builder.finish();
}

/** Collects the lines of a file: one per architecture, or one per architecture and `where`. */
class ColumnBuilder {
  readonly #columns: readonly TableColumn[];
  readonly #values: Map<string, Float64Array>;
  readonly #readers: { column: TableColumn; at: number; into: Float64Array }[];
  readonly #rows = new Map<string, number>();
  readonly #seen = new Set<string>();

  constructor(columns: readonly TableColumn[], header: readonly string[], lines: number) {
    this.#columns = columns;
    this.#readers = columns.map((column) => ({
      column,
      at: header.indexOf(column.field ?? column.name),
      into: new Float64Array(lines).fill(Number.NaN),
    }));
    this.#values = new Map(this.#readers.map(({ column, into }) => [column.name, into]));
  }

  add(key: string, fields: readonly string[], where: string | undefined, place: string): void {
    const line = where === undefined ? key : `${where} ${key}`;
    if (this.#seen.has(line)) {
      throw corrupt(`${place}: architecture ${key}${where ? ` on ${where}` : ''} a second time`);
    }
    this.#seen.add(line);
    const row = this.#rows.get(key) ?? this.#rows.size;
    this.#rows.set(key, row);
    for (const { column, at, into } of this.#readers) {
      if (column.where === where) into[row] = checkedValue(fields[at] ?? '', column, place);
    }
  }

  finish(): ParsedFile {
    const keys = [...this.#rows.keys()];
    for (const [name, values] of this.#values) {
      if (values.length > keys.length) this.#values.set(name, values.slice(0, keys.length));
    }
    return { keys, columns: this.#columns, values: this.#values };
  }
}

/** Before a line is taken apart: one of a hundred million fields would fill the memory. */
function checkLength(line: string, number: number, source: string): void {
  if (line.length <= MAX_LINE) return;
  throw corrupt(
    `${source}, line ${number}: ${line.length} characters; no line of a table has over ${MAX_LINE}`,
  );
}

/** Header names that tell the lines of one architecture apart. */
export function perFields({ per = [] }: FileDefinition): readonly string[] {
  return [per].flat();
}

function keyPositions(header: readonly string[], file: FileDefinition, source: string): number[] {
  const { keys } = file;
  const needed = [...keys, ...perFields(file)];
  if (needed.every((key) => header.includes(key))) return keys.map((key) => header.indexOf(key));
  const begins = header.join(',').slice(0, 80);
  const wanted = needed.join(', ');
  throw corrupt(`${source} begins with "${begins}", not with a header that has ${wanted}`);
}

function knownColumns(
  header: readonly string[],
  { columns }: FileDefinition,
  source: string,
): TableColumn[] {
  const first = new Map([...header.entries()].reverse().map(([at, name]) => [name, at]));
  const twice = header.find((name, at) => first.get(name) !== at);
  if (twice !== undefined) throw corrupt(`${source} has the column "${twice}" twice`);
  const known = columns.filter(({ name, field = name }) => header.includes(field));
  if (known.length > 0) return known;
  const names = new Set(columns.map(({ name, field = name }) => field));
  throw corrupt(`${source} has none of the columns ${[...names].join(', ')}`);
}

function checkedKey(file: FileDefinition, fields: readonly string[], place: string): string {
  try {
    return file.key(fields);
  } catch (error) {
    if (error instanceof RowProblem) throw corrupt(`${place}: ${error.message}`);
    throw error;
  }
}

function checkedValue(field: string, column: TableColumn, place: string): number {
  if (field === '') return Number.NaN;
  const value = NUMBER.test(field) ? Number(field) : Number.NaN;
  const [least, most] = rangeOf(column);
  if (value >= least && value <= most) return value;
  const bounded = most < Number.MAX_VALUE;
  if (!bounded && NOT_FINITE.has(field)) return Number.NaN;
  const bounds = bounded ? ` from ${least} to ${most}` : '';
  throw corrupt(`${place}: ${column.name} is "${field}", not a number${bounds}`);
}

/** The bounds of a column's values, by its unit and split where it states none. */
export function rangeOf({ range, unit, split }: TableColumn): readonly [number, number] {
  if (range !== undefined) return range;
  if (unit === '%') return [0, 100];
  return split === 'cost' ? [0, Number.MAX_SAFE_INTEGER] : [-Number.MAX_VALUE, Number.MAX_VALUE];
}
