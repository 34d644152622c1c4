import type { Decision, Stream } from '@archer-nas/core';
import type { LstmOptions } from './options.ts';
import { movesThrough, optionCount } from './plan.ts';
import type { Matrix } from './tape.ts';

/** What a category's token is read from and goes on with. */
export interface Table {
  readonly softmax: Matrix;
  readonly embedding: Matrix;
  /** One row; absent: no option has one. */
  readonly bias?: Matrix;
  readonly names: readonly string[];
}

/** Where the parts of the LSTM policy lie in its parameters. */
export interface LstmLayout {
  /** Per layer, from (x, h) to the gates. */
  readonly cells: readonly Matrix[];
  /** The first input. */
  readonly start: Matrix;
  readonly w1: Matrix;
  readonly w2: Matrix;
  readonly v: Matrix;
  /** By decision; decisions about inputs have none. */
  readonly tables: readonly (Table | undefined)[];
  /** Fresh parameters. */
  begin(stream: Stream): Float64Array;
}

/** Lays the parameters out; attention only where something is attended to. */
export function lstmLayout(decisions: readonly Decision[], options: LstmOptions): LstmLayout {
  const { units, layers, bound } = options;
  let size = 0;
  const matrix = (rows: number, columns: number): Matrix => {
    const at = size;
    size += rows * columns;
    return { at, rows, columns };
  };
  const cells = Array.from({ length: layers }, () => matrix(4 * units, 2 * units));
  const start = matrix(1, units);
  const moves = movesThrough(decisions);
  const side = moves.some(({ kind }) => kind !== 'category') ? units : 0;
  const [w1, w2, v] = [matrix(side, side), matrix(side, side), matrix(side && 1, side)];
  const known = new Map<string, Table>();
  const isCategory = new Set(moves.map((move) => (move.kind === 'category' ? move.decision : -1)));
  const tables = decisions.map((decision, at) => {
    if (!isCategory.has(at)) return undefined;
    const names = optionNames(decision);
    const key = options.tables === 'options' ? names.join('\n') : String(at);
    const table = known.get(key) ?? tableOf(names, options, matrix);
    known.set(key, table);
    return table;
  });
  const begin = (stream: Stream): Float64Array => {
    const θ = new Float64Array(size).map(() => bound * (2 * stream.float() - 1));
    for (const { bias, names } of known.values()) {
      if (bias)
        θ.set(
          names.map((name) => options.bias[name] ?? 0),
          bias.at,
        );
    }
    return θ;
  };
  return { cells, start, w1, w2, v, tables, begin };
}

function tableOf(
  names: readonly string[],
  { units, bias }: LstmOptions,
  matrix: (rows: number, columns: number) => Matrix,
): Table {
  const [softmax, embedding] = [matrix(names.length, units), matrix(names.length, units)];
  const table = { softmax, embedding, names };
  return names.some((name) => name in bias) ? { ...table, bias: matrix(1, names.length) } : table;
}

function optionNames(decision: Decision): readonly string[] {
  const { options, range } = decision;
  const first = range?.[0] ?? 0;
  return options ?? Array.from({ length: optionCount(decision) }, (_, at) => String(first + at));
}
