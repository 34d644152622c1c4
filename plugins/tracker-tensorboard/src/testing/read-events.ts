import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FRAME_BYTES, recordLength } from '../event-record.ts';

/** A point as an event file says it. */
export interface WrittenPoint {
  readonly key: string;
  readonly step: number;
  readonly value: number;
}

/** Contents of the sound records of all files of a folder, in the order that viewers read them. */
export function readRecords(folder: string): Buffer[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => recordsOf(readFileSync(join(folder, name))));
}

function recordsOf(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; ; ) {
    const length = recordLength(bytes, at);
    if (length === undefined) return records;
    records.push(bytes.subarray(at + 12, at + length - (FRAME_BYTES - 12)));
    at += length;
  }
}

/** The points of a folder; records of the format's version are none. */
export function readPoints(folder: string): WrittenPoint[] {
  return readRecords(folder).flatMap((content) => {
    const event = fieldsOf(content);
    const value = event.get(5) && fieldsOf(fieldsOf(event.get(5) as Buffer).get(1) as Buffer);
    if (value === undefined) return [];
    const tensor = fieldsOf(value.get(8) as Buffer);
    const step = event.get(2) as unknown as number;
    const double = (tensor.get(6) as Buffer).readDoubleLE();
    return [{ key: String(value.get(1)), step, value: double }];
  });
}

/** A protocol buffer's fields by number: bytes of nested ones, numbers of integers. */
function fieldsOf(bytes: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const [key, afterKey] = varintAt(bytes, at);
    const wire = key & 7;
    if (wire === 1) {
      fields.set(key >> 3, bytes.subarray(afterKey, afterKey + 8));
      at = afterKey + 8;
      continue;
    }
    const [number, after] = varintAt(bytes, afterKey);
    const content =
      wire === 0 ? (number as unknown as Buffer) : bytes.subarray(after, after + number);
    fields.set(key >> 3, content);
    at = wire === 0 ? after : after + number;
  }
  return fields;
}

function varintAt(bytes: Buffer, from: number): [number: number, after: number] {
  let value = 0;
  for (let at = from, scale = 1; ; at++, scale *= 128) {
    const byte = bytes[at] as number;
    value += (byte & 127) * scale;
    if (byte < 128) return [value, at + 1];
  }
}
