import { M0, M1, ROUNDS, W0, W1 } from './philox.ts';

/** Encrypts the counter, and those behind it, into the memory's first `bytes` bytes. */
export type Encrypt = (
  ...of: [...key: Pair, ...counter: Pair, ...upper: Pair, ...steps: Pair, bytes: number]
) => void;
type Pair = [number, number];

export interface PhiloxExports {
  readonly encrypt: Encrypt;
  readonly memory: { readonly buffer: ArrayBuffer };
}

/** Locals of `encrypt`, the parameters first. */
const KEY = [0, 1] as const;
const COUNTER = [2, 3, 4, 5] as const;
const STEPS = [6, 7] as const;
const BYTES = 8;
const AT = 9;
const C0 = 10;
const C1 = 11;
const C2 = 12;
const C3 = 13;
const P0 = 14;
const P1 = 15;

/** Types, and instructions without operands. */
const I32 = 0x7f;
const I64 = 0x7e;
const END = 0x0b;
const LESS = 0x49;
const ADD = 0x6a;
const XOR = 0x73;
const MULTIPLY_64 = 0x7e;
const SHIFT_RIGHT_64 = 0x88;
const LOW = 0xa7;
const WIDEN = 0xad;

const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const word = (value: number): number[] => [0x41, ...signed(BigInt(value | 0))];
const long = (value: number): number[] => [0x42, ...signed(BigInt(value))];
const high = (product: number): number[] => [...get(product), ...long(32), SHIFT_RIGHT_64, LOW];
const low = (product: number): number[] => [...get(product), LOW];

/**
 * Philox4x32-10 as a WebAssembly module of one page: there the product of two words is one
 * instruction, of which JavaScript needs a dozen.
 */
export function philoxModule(): Uint8Array {
  const body = [2, 5, I32, 2, I64, ...loop(), END];
  const magic = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  const parameters = Array<number>(BYTES + 1).fill(I32);
  return Uint8Array.of(
    ...magic,
    ...section(1, [1, 0x60, ...vector(parameters), 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...name('encrypt'), 0, 0, ...name('memory'), 2, 0]),
    ...section(10, [1, ...vector(body)]),
  );
}

/** A block after the other, until the bytes are full. */
function loop(): number[] {
  const counter = COUNTER.flatMap((from, i) => [...get(from), ...set(C0 + i)]);
  const rounds = Array.from({ length: ROUNDS }, (_, i) => round(i)).flat();
  const store = COUNTER.flatMap((_, i) => [...get(AT), ...get(C0 + i), 0x36, 2, 4 * i]);
  const step = STEPS.flatMap((by, i) => [...add(COUNTER[i] as number, get(by))]);
  const isLess = [...get(AT), ...get(BYTES), LESS];
  const again = [0x0d, 0];
  return [0x03, 0x40, ...counter, ...rounds, ...store, ...step, ...add(AT, word(16)), ...isLess]
    .concat(again)
    .concat(END);
}

/** As in `philox4x32`. */
function round(i: number): number[] {
  const key = (at: 0 | 1, weyl: number): number[] => [
    ...get(KEY[at]),
    ...word(Math.imul(weyl, i)),
    ADD,
  ];
  return [
    ...[...get(C0), WIDEN, ...long(M0), MULTIPLY_64, ...set(P0)],
    ...[...get(C2), WIDEN, ...long(M1), MULTIPLY_64, ...set(P1)],
    ...[...high(P1), ...get(C1), XOR, ...key(0, W0), XOR, ...set(C0)],
    ...[...high(P0), ...get(C3), XOR, ...key(1, W1), XOR, ...set(C2)],
    ...[...low(P1), ...set(C1)],
    ...[...low(P0), ...set(C3)],
  ];
}

function add(local: number, what: readonly number[]): number[] {
  return [...get(local), ...what, ADD, ...set(local)];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...vector(content)];
}

function name(text: string): number[] {
  return vector([...text].map((letter) => letter.charCodeAt(0)));
}

/** With its length before it. */
function vector(content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content];
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** LEB128 with sign. */
function signed(value: bigint): number[] {
  const byte = Number(value & 0x7fn);
  const rest = value >> 7n;
  const isLast = rest === ((byte & 0x40) === 0 ? 0n : -1n);
  return isLast ? [byte] : [byte | 0x80, ...signed(rest)];
}
