import { maskedCrc32c } from './crc32c.ts';

/** A metric's value at a step, and when it was measured, in milliseconds since 1970. */
export interface Point {
  readonly tag: string;
  readonly step: number;
  readonly value: number;
  readonly timeMs: number;
}

/** Of `DataType` in TensorFlow's types.proto. */
const DT_DOUBLE = 2;
/** Of `DataClass` in summary.proto. */
const DATA_CLASS_SCALAR = 1;

const [VARINT, DOUBLE, BYTES] = [0, 1, 2] as const;

function field(number: number, wire: number, content: Uint8Array): Buffer {
  return Buffer.concat([varint((number << 3) | wire), content]);
}

/** A whole number from 0 to 2^53 in groups of seven bits, the least first. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

function nested(number: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return field(number, BYTES, Buffer.concat([varint(content.length), content]));
}

function text(number: number, value: string): Buffer {
  return nested(number, Buffer.from(value, 'utf8'));
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

/** A metric by name: `Summary.Value` of a double, which is what the metric is. */
function scalar({ tag, value }: Point): Buffer {
  const scalars = nested(1, text(1, 'scalars')); // SummaryMetadata.plugin_data.plugin_name
  const metadata = nested(9, scalars, field(4, VARINT, varint(DATA_CLASS_SCALAR)));
  const tensor = nested(
    8,
    field(1, VARINT, varint(DT_DOUBLE)),
    nested(2),
    nested(6, double(value)),
  );
  return nested(1, text(1, tag), metadata, tensor);
}

/** Where an event's time is in a framed record: after the length, its checksum and one key. */
const TIME_AT = 8 + 4 + 1;
const TIME_BYTES = 8;

/** The record of a point: an `Event` with its time, its step and a `Summary`. */
export function pointRecord(point: Point): Buffer {
  const time = field(1, DOUBLE, double(point.timeMs / 1000));
  return framed([time, field(2, VARINT, varint(point.step)), nested(5, scalar(point))]);
}

/** The first record of every event file. */
export function versionRecord(timeMs: number): Buffer {
  return framed([field(1, DOUBLE, double(timeMs / 1000)), text(3, 'brain.Event:2')]);
}

/**
 * TFRecord framing: length in 8 bytes, its masked CRC-32C in 4, the content, its masked CRC-32C.
 */
function framed(parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const record = Buffer.alloc(FRAME_BYTES + content.length);
  record.writeBigUInt64LE(BigInt(content.length));
  record.writeUInt32LE(maskedCrc32c(record.subarray(0, 8)), 8);
  content.copy(record, 12);
  record.writeUInt32LE(maskedCrc32c(content), 12 + content.length);
  return record;
}

/** Bytes of a record besides its content. */
export const FRAME_BYTES = 8 + 4 + 4;

/** Contents of an event file are far shorter; a longer one is damage. */
const MAX_CONTENT = 2 ** 20;

/** Bytes of the record that begins at `at`; `undefined` where none does, or not all of it. */
export function recordLength(bytes: Buffer, at: number): number | undefined {
  if (at + 12 > bytes.length) return undefined;
  if (bytes.readUInt32LE(at + 8) !== maskedCrc32c(bytes.subarray(at, at + 8))) return undefined;
  const content = Number(bytes.readBigUInt64LE(at));
  if (content > MAX_CONTENT || at + FRAME_BYTES + content > bytes.length) return undefined;
  const end = at + 12 + content;
  const isSound = bytes.readUInt32LE(end) === maskedCrc32c(bytes.subarray(at + 12, end));
  return isSound ? FRAME_BYTES + content : undefined;
}

/** Whether two sound records say the same but for the time. */
export function sameButTime(a: Buffer, b: Buffer): boolean {
  const end = a.length - 4;
  if (a.length !== b.length || !a.subarray(0, TIME_AT).equals(b.subarray(0, TIME_AT))) return false;
  const behind = TIME_AT + TIME_BYTES;
  return a.subarray(behind, end).equals(b.subarray(behind, end));
}
