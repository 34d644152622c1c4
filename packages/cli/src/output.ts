import { stdout } from 'node:process';
import { isArcherError } from '@archer-nas/core';
import { createColors } from 'picocolors';

/** Where commands write: text for people, or one JSON value for programs. */
export interface Output {
  readonly json: boolean;
  readonly colour: boolean;
  /** Whether somebody watches: progress bars and colours only then. */
  readonly terminal: boolean;
  /** A line of text on standard output; nothing in JSON mode. */
  line(text?: string): void;
  /** The command's result in JSON mode; nothing otherwise. */
  value(value: unknown): void;
  /** A remark on standard error. */
  note(text: string): void;
}

/** Writes to the process's streams. `NO_COLOR` and a pipe switch colours off. */
export function createOutput(json: boolean): Output {
  const terminal = stdout.isTTY === true && !json;
  const colour = terminal && !process.env.NO_COLOR;
  return {
    json,
    colour,
    terminal,
    line: (text = '') => {
      if (!json) stdout.write(`${text}\n`);
    },
    value: (value) => {
      if (json) stdout.write(`${JSON.stringify(value, jsonNumber, 2)}\n`);
    },
    note: (text) => process.stderr.write(`${text}\n`),
  };
}

/** JSON has no NaN and no infinities: they are written as strings, never as null. */
function jsonNumber(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** An error as a person should see it; a stack only for errors that nobody expected. */
export function describeError(error: unknown, colour: boolean): string {
  const { red, dim } = createColors(colour);
  if (isArcherError(error)) {
    const hint = error.hint === undefined ? '' : `\n${error.hint}`;
    return `${red('error')} ${error.message}${hint}\n${dim(error.code)}`;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${red('unexpected error')} ${text}\nPlease report this.`;
}
