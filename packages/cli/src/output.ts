import { stdout } from 'node:process';
import { isArcherError, withoutCredentials } from '@archer-nas/core';
import { printableLines } from '@archer-nas/report';
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
  /** A remark on standard error, without credentials and what would steer the terminal. */
  note(text: string): void;
  /** What went wrong, on standard error. */
  failure(error: unknown): void;
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
      if (json) stdout.write(`${JSON.stringify(value, plain, 2).replace(UNSEEN, escaped)}\n`);
    },
    note: (text) => process.stderr.write(`${shown(text)}\n`),
    failure: (error) => process.stderr.write(`${describeError(error, colour)}\n`),
  };
}

/** What JSON leaves as it is and a terminal obeys or hides. */
const UNSEEN = /[\p{Cf}\u007f-\u009f\u2028\u2029]/gu;

function escaped(character: string): string {
  const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16));
  return units.map((code) => `\\u${code.padStart(4, '0')}`).join('');
}

/**
 * JSON has no NaN and no infinities: they are written as strings, never as null; and no maps, which
 * are written as objects.
 */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  if (typeof value === 'bigint') return value.toString();
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** One line that says what an error is, without credentials. */
export function messageOf(error: unknown): string {
  return withoutCredentials(String(error));
}

/** Messages quote files and names: they neither steer the terminal nor tell secrets. */
function shown(text: string): string {
  return printableLines(withoutCredentials(text));
}

/**
 * An error as a person should see it. Where an error that nobody expected was thrown is shown
 * with the environment variable `ARCHER_DEBUG`.
 */
export function describeError(error: unknown, colour: boolean): string {
  const { red, dim } = createColors(colour);
  if (isArcherError(error)) {
    const hint = error.hint === undefined ? '' : `\n${shown(error.hint)}`;
    return `${red('error')} ${shown(error.message)}${hint}\n${dim(error.code)}`;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const text = process.env.ARCHER_DEBUG ? trace : messageOf(error);
  const more = process.env.ARCHER_DEBUG ? '' : ' ARCHER_DEBUG=1 shows where it was thrown.';
  return `${red('unexpected error')} ${shown(text)}\nPlease report this.${more}`;
}
