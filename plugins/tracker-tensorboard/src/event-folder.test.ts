import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventFolder } from './event-folder.ts';
import { pointRecord } from './event-record.ts';
import { readPoints } from './testing/read-events.ts';

const STARTED_MS = 1_700_000_000_000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archer-events-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Losses 1/step, or others, measured at `timeMs`. */
const records = (from: number, to: number, value = (step: number) => 1 / step, timeMs = 5) =>
  Array.from({ length: to - from }, (_, i) => {
    const step = from + i;
    return pointRecord({ tag: 'loss', step, value: value(step), timeMs });
  });

const open = (): EventFolder => new EventFolder(folder, STARTED_MS);
const steps = (): number[] => readPoints(folder).map(({ step }) => step);
const names = (): string[] => readdirSync(folder).sort();
const fileOf = (at: number): string => join(folder, names()[at] as string);

describe('the event files of a run', () => {
  it('get what they lack when all is put again, measured at another time', () => {
    open().put(records(1, 8));
    const before = readFileSync(fileOf(0));
    const again = open();
    again.put(records(1, 5, undefined, 99));
    again.put(records(5, 11, undefined, 99));
    expect(steps()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(readFileSync(fileOf(0)).subarray(0, before.length)).toEqual(before);
    expect(names()).toEqual(['events.out.tfevents.1700000000.archer.000001']);
  });

  it.each([1, 4, 11, 12, 40])(
    'lose %i bytes of the last record, and get it again whole',
    (torn) => {
      open().put(records(1, 4));
      truncateSync(fileOf(0), readFileSync(fileOf(0)).length - torn);
      open().put(records(1, 6));
      expect(steps()).toEqual([1, 2, 3, 4, 5]);
      expect(names(), 'what was cut is not written to again').toHaveLength(2);
    },
  );

  it('lose what went another way, over all files', () => {
    open().put(records(1, 4));
    appendFileSync(fileOf(0), 'torn');
    open().put(records(1, 9));
    expect(names()).toHaveLength(2);
    const other = open();
    other.put([...records(1, 3), ...records(3, 5, (step) => -step)]);
    expect(readPoints(folder).map(({ value }) => value)).toEqual([1, 1 / 2, -3, -4]);
    other.put(records(5, 6));
    expect(steps()).toEqual([1, 2, 3, 4, 5]);
    expect(names().map((name) => name.slice(-1))).toEqual(['1', '3']);
  });

  it('keep to the end what a run that went back will make again, and then only that', () => {
    open().put(records(1, 9));
    const again = open();
    again.put(records(1, 4));
    expect(steps()).toHaveLength(8);
    again.end();
    expect(steps()).toEqual([1, 2, 3]);
  });

  it('begin again where a kill left a file without its first record', () => {
    open().put(records(1, 2));
    truncateSync(fileOf(0), 7);
    open().put(records(1, 3));
    expect(steps()).toEqual([1, 2]);
    truncateSync(fileOf(0), 0);
    open().put(records(1, 3));
    expect(steps()).toEqual([1, 2]);
  });
});
