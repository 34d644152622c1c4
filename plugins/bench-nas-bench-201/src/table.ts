import { COLUMNS, type TableColumn } from './columns.ts';
import { corrupt } from './data-errors.ts';
import { ARCHITECTURES, archOf, officialOps } from './notation.ts';

/** A table in memory, checked row by row. */
export interface Table {
  readonly rows: number;
  /** The known columns that the file has, in its order. */
  readonly columns: readonly TableColumn[];
  /** Row of an architecture string. */
  readonly rowOf: ReadonlyMap<string, number>;
  /** Six operation digits per row. */
  readonly ops: readonly string[];
  /** Values by column name; NaN where the file says that none is available. */
  readonly values: ReadonlyMap<string, Float64Array>;
}

/** Columns that identify a row. */
const KEYS = ['index', 'ops', 'arch'] as const;

const NUMBER = /^\d{1,12}(\.\d{1,17})?$/;

/**
 * Reads CSV with a header line and `\n` ends, without quoting. Columns that are not known are
 * ignored. Memory is claimed for the rows that are there, at most 15,625.
 *
 * @param source names the file in errors
 * @throws ArcherError `ARCHER_DATA_CORRUPT` naming the line: a missing key column, no known
 * column, a row of another length, an index twice, an index, digits and string that do not
 * belong together, or a value that is no number or out of range
 */
export function parseTable(text: string, source: string): Table {
  const lines = text.split('\n', ARCHITECTURES + 3);
  if (lines.at(-1) === '') lines.pop();
  const header = (lines.shift() ?? '').split(',');
  const [indexAt, opsAt, archAt] = keyPositions(header, source);
  const columns = knownColumns(header, source);
  if (lines.length === 0 || lines.length > ARCHITECTURES) {
    throw corrupt(`${source} has ${lines.length} rows; a table has 1 to ${ARCHITECTURES}`);
  }
  const values = new Map(columns.map(({ name }) => [name, new Float64Array(lines.length)]));
  const readers = columns.map((column) => ({
    column,
    at: header.indexOf(column.name),
    into: values.get(column.name) as Float64Array, // made one line above
  }));
  const rowOf = new Map<string, number>();
  const ops: string[] = [];
  lines.forEach((line, row) => {
    const place = `${source}, line ${row + 2}`;
    const fields = line.split(',');
    if (fields.length !== header.length) {
      throw corrupt(`${place}: ${fields.length} fields, the header has ${header.length}`);
    }
    const key = [indexAt, opsAt, archAt].map((at) => fields[at] ?? '');
    const arch = checkedArch(key, place);
    if (rowOf.has(arch)) throw corrupt(`${place}: architecture ${fields[indexAt]} a second time`);
    rowOf.set(arch, row);
    ops.push(fields[opsAt] ?? '');
    for (const { column, at, into } of readers) {
      into[row] = checkedValue(fields[at] ?? '', column, place);
    }
  });
  return { rows: lines.length, columns, rowOf, ops, values };
}

function keyPositions(header: readonly string[], source: string): [number, number, number] {
  const [index, ops, arch] = KEYS.map((key) => header.indexOf(key));
  if (index === undefined || ops === undefined || arch === undefined) throw new Error('KEYS');
  if (Math.min(index, ops, arch) >= 0) return [index, ops, arch];
  const begins = header.join(',').slice(0, 80);
  throw corrupt(`${source} begins with "${begins}", not with a header that has ${KEYS.join(', ')}`);
}

function knownColumns(header: readonly string[], source: string): TableColumn[] {
  const twice = header.find((name, at) => header.indexOf(name) !== at);
  if (twice !== undefined) throw corrupt(`${source} has the column "${twice}" twice`);
  const known = header.flatMap((name) => COLUMNS.filter((column) => column.name === name));
  if (known.length > 0) return known;
  const names = COLUMNS.map(({ name }) => name).join(', ');
  throw corrupt(`${source} has none of the columns ${names}`);
}

/** The architecture string, once index, digits and string were seen to say the same. */
function checkedArch([index = '', ops = '', arch = '']: readonly string[], place: string): string {
  const number = /^\d{1,5}$/.test(index) ? Number(index) : ARCHITECTURES;
  if (number >= ARCHITECTURES) {
    throw corrupt(`${place}: index "${index}" is not 0 to ${ARCHITECTURES - 1}`);
  }
  const expected = officialOps(number);
  if (ops !== expected) {
    throw corrupt(`${place}: index ${index} is cell ${expected}, the row has "${ops}"`);
  }
  if (arch !== archOf(ops)) {
    throw corrupt(`${place}: cell ${ops} is ${archOf(ops)}, the row has "${arch}"`);
  }
  return arch;
}

function checkedValue(field: string, column: TableColumn, place: string): number {
  if (field === '') return Number.NaN;
  const value = NUMBER.test(field) ? Number(field) : Number.NaN;
  const most = column.unit === '%' ? 100 : Number.MAX_SAFE_INTEGER;
  if (value <= most) return value;
  throw corrupt(`${place}: ${column.name} is "${field}", not a number from 0 to ${most}`);
}
