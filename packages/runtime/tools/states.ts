import type { JournalLine, State, TypedArray } from '@archer-nas/core';
import fc from 'fast-check';

const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 5e-324),
);

const typedArray: fc.Arbitrary<TypedArray> = fc.oneof(
  fc.float32Array(),
  fc.float64Array(),
  fc.int8Array(),
  fc.int16Array(),
  fc.int32Array(),
  fc.uint8Array(),
  fc.uint16Array(),
  fc.uint32Array(),
);

const key = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('$', '__proto__', 'base64'));
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\n', '"', '\u2028', '😀'));

/** Everything that a state may be. */
export const state: fc.Arbitrary<State> = fc.letrec<{ tree: State }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    number,
    text,
    typedArray,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).tree;

/** A journal line that has no number yet. */
export const newLine: fc.Arbitrary<Omit<JournalLine, 'seq'>> = fc.record(
  {
    kind: fc.constantFrom('science', 'telemetry'),
    job: text,
    event: fc.oneof(text, fc.constant('step')),
    at: fc.nat(),
    body: state,
  },
  { requiredKeys: ['kind', 'job', 'event', 'body'] },
);
