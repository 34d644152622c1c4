import { describe, expect, it } from 'vitest';
import { Tape, type Vector, vector } from './tape.ts';
import { expectGradient, wave } from './testing/differences.ts';

/**
 * Compares what a tape says with central differences of Σ c · y, at θ and at the vectors that go
 * in. What comes out is used twice, so that gradients have to be added.
 */
function check(
  f: (tape: Tape, xs: readonly Vector[]) => readonly Vector[],
  sizes: number[] = [],
): void {
  const θ = wave(24, 0.3);
  const values = sizes.map((size, at) => wave(size, at));
  const run = () => {
    const dθ = new Float64Array(θ.length);
    const tape = new Tape(θ, dθ);
    const xs = values.map((value) => vector(value.slice()));
    const ys = f(tape, xs);
    return { dθ, tape, xs, ys: [...ys, ...ys] };
  };
  const loss = (): number =>
    run().ys.reduce((sum, { value }, at) => {
      return (
        sum + value.reduce((part, y, i) => part + y * (wave(value.length, at)[i] as number), 0)
      );
    }, 0);
  const { dθ, tape, xs, ys } = run();
  ys.forEach(({ gradient }, at) => {
    wave(gradient.length, at).forEach((c, i) => {
      gradient[i] = (gradient[i] as number) + c;
    });
  });
  tape.backward();
  expectGradient(θ, dθ, loss);
  values.forEach((value, at) => {
    expectGradient(value, xs[at]?.gradient as Float64Array, loss);
  });
}

describe('a tape', () => {
  const matrix = { at: 2, rows: 3, columns: 4 };

  it('goes back over a row of a matrix', () => {
    check((tape) => [tape.row(matrix, 1), tape.row(matrix, 1), tape.row(matrix, 2)]);
  });

  it('goes back over a product with a matrix', () => {
    check((tape, [x]) => [tape.multiply(matrix, x as Vector)], [4]);
  });

  it('goes back over joined vectors', () => {
    check((tape, [x, z]) => [tape.join(x as Vector, z as Vector)], [3, 2]);
  });

  it('goes back over scaled sums, in which a vector may occur twice', () => {
    check((tape, [x, z]) => [tape.sum([x, z, x] as Vector[], 3, 0.7)], [3, 3]);
  });

  it('goes back over a mirrored element', () => {
    check((tape, [x]) => [tape.mirrored(x as Vector, 1)], [3]);
  });

  it('goes back over functions of single elements', () => {
    const tanh = (tape: Tape, x: Vector) => tape.map(x, Math.tanh, (_, y) => 1 - y * y);
    check((tape, [x]) => [tanh(tape, x as Vector)], [3]);
  });

  it('goes back over two cells of an LSTM in a row', () => {
    const twice = (tape: Tape, [z, c]: readonly Vector[]) => {
      const first = tape.cell(z as Vector, c as Vector);
      const again = tape.multiply({ at: 0, rows: 8, columns: 2 }, first.h);
      const second = tape.cell(again, first.c);
      return [second.h, second.c];
    };
    check(twice, [8, 2]);
  });

  it('computes an LSTM cell from input, forget and output gate and candidate', () => {
    const tape = new Tape(new Float64Array(0), new Float64Array(0));
    const z = vector(Float64Array.of(0.5, -1, 2, 0.3));
    const { h, c } = tape.cell(z, vector(Float64Array.of(0.8)));
    // σ(.5) tanh(.3) + σ(−1) · .8 = .622459 · .291313 + .268941 · .8 = .396483
    expect(c.value[0]).toBeCloseTo(0.396483, 6);
    // σ(2) tanh(c) = .880797 · .376939 = .332007
    expect(h.value[0]).toBeCloseTo(0.332007, 5);
  });
});
