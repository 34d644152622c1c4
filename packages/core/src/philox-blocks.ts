import { philox4x32, type Words } from './philox.ts';
import { type PhiloxExports, philoxModule } from './philox-wasm.ts';

/** What is used of JavaScript's `WebAssembly`, which TypeScript declares only for browsers. */
interface Api {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: PhiloxExports };
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly?: Api };
/** Absent where there is no WebAssembly, as with `node --jitless`. */
const wasm =
  WebAssembly && new WebAssembly.Instance(new WebAssembly.Module(philoxModule())).exports;
const words = wasm && new Uint32Array(wasm.memory.buffer);

/** Words from 0 to 2^32 - 1. */
type Unsigned = Uint32Array | number[];

/** Which word of the counter goes up from block to block. */
export type Along = 0 | 1;

/**
 * Blocks of Philox4x32-10, of counters one after the other, under one key.
 *
 * @param counter of the first block: four words, least significant first; nothing is carried
 * @param into receives as many words as it is long, a multiple of four up to 2^14
 */
export function philoxBlocks(counter: Words, key: Words, into: Unsigned, along: Along): void {
  if (wasm === undefined || words === undefined) {
    oneByOne(counter, key, into, along);
    return;
  }
  wasm.encrypt(
    key[0] as number,
    key[1] as number,
    counter[0] as number,
    counter[1] as number,
    counter[2] as number,
    counter[3] as number,
    1 - along,
    along,
    4 * into.length,
  );
  for (let i = 0; i < into.length; i++) into[i] = words[i] as number;
}

function oneByOne(counter: Words, key: Words, into: Unsigned, along: Along): void {
  const next = Uint32Array.from({ length: 4 }, (_, i) => counter[i] as number);
  const block = new Uint32Array(4);
  for (let at = 0; at < into.length; at += 4) {
    philox4x32(next, key, block);
    for (let i = 0; i < block.length; i++) into[at + i] = block[i] as number;
    next[along] = (next[along] as number) + 1;
  }
}
