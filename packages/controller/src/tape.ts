/** A vector, and the gradient of the loss with respect to it. */
export interface Vector {
  readonly value: Float64Array;
  readonly gradient: Float64Array;
}

/** Where a matrix lies in the parameters, row after row. */
export interface Matrix {
  readonly at: number;
  readonly rows: number;
  readonly columns: number;
}

/** A new vector with no gradient yet. */
export function vector(value: Float64Array): Vector {
  return { value, gradient: new Float64Array(value.length) };
}

/**
 * Records what is computed of parameters θ and goes back over it: every operation stands beside
 * its own derivative. In double precision, for policies that are too small for an engine.
 */
export class Tape {
  readonly #θ: Float64Array;
  readonly #dθ: Float64Array;
  readonly #backward: (() => void)[] = [];

  /** @param dθ what {@link backward} adds the gradient of θ to; as long as θ */
  constructor(θ: Float64Array, dθ: Float64Array) {
    this.#θ = θ;
    this.#dθ = dθ;
  }

  /** A row of a matrix: an embedding. */
  row({ at, columns }: Matrix, index: number): Vector {
    const from = at + index * columns;
    const y = vector(this.#θ.slice(from, from + columns));
    const dθ = this.#dθ;
    this.#backward.push(() => {
      accumulate(dθ.subarray(from, from + columns), y.gradient);
    });
    return y;
  }

  /** y = W x. */
  multiply({ at, rows, columns }: Matrix, x: Vector): Vector {
    const [θ, dθ] = [this.#θ, this.#dθ];
    const y = vector(new Float64Array(rows));
    for (let r = 0, w = at; r < rows; r++) {
      let sum = 0;
      for (let i = 0; i < columns; i++, w++) sum += n(θ, w) * n(x.value, i);
      y.value[r] = sum;
    }
    this.#backward.push(() => {
      for (let r = 0, w = at; r < rows; r++) {
        const dy = n(y.gradient, r);
        for (let i = 0; i < columns; i++, w++) {
          dθ[w] = n(dθ, w) + dy * n(x.value, i);
          x.gradient[i] = n(x.gradient, i) + dy * n(θ, w);
        }
      }
    });
    return y;
  }

  /** x followed by z. */
  join(x: Vector, z: Vector): Vector {
    const size = x.value.length;
    const y = vector(new Float64Array(size + z.value.length));
    y.value.set(x.value);
    y.value.set(z.value, size);
    this.#backward.push(() => {
      accumulate(x.gradient, y.gradient.subarray(0, size));
      accumulate(z.gradient, y.gradient.subarray(size));
    });
    return y;
  }

  /** factor × Σ x over the given vectors; zeros of `size` where there is none. */
  sum(xs: readonly Vector[], size: number, factor = 1): Vector {
    const y = vector(new Float64Array(size));
    for (const { value } of xs) accumulate(y.value, value, factor);
    this.#backward.push(() => {
      for (const x of xs) accumulate(x.gradient, y.gradient, factor);
    });
    return y;
  }

  /** (−xᵢ, xᵢ) of one element. */
  mirrored(x: Vector, at: number): Vector {
    const y = vector(Float64Array.of(-n(x.value, at), n(x.value, at)));
    this.#backward.push(() => {
      x.gradient[at] = n(x.gradient, at) + n(y.gradient, 1) - n(y.gradient, 0);
    });
    return y;
  }

  /** y = f(x) element by element; `slope` gives f′ of x and y. */
  map(
    x: Vector,
    f: (x: number, at: number) => number,
    slope: (x: number, y: number) => number,
  ): Vector {
    const y = vector(x.value.map(f));
    this.#backward.push(() => {
      x.value.forEach((at, i) => {
        x.gradient[i] = n(x.gradient, i) + n(y.gradient, i) * slope(at, n(y.value, i));
      });
    });
    return y;
  }

  /**
   * An LSTM cell (Hochreiter and Schmidhuber 1997) from its pre-activations z = (i, f, o, g):
   * c′ = σ(i) tanh(g) + σ(f) c;  h = σ(o) tanh(c′).
   */
  cell(z: Vector, c: Vector): { readonly h: Vector; readonly c: Vector } {
    const size = c.value.length;
    const gates = z.value.map((v, i) => (i < 3 * size ? sigmoid(v) : Math.tanh(v)));
    const next = vector(new Float64Array(size));
    const h = vector(new Float64Array(size));
    for (let k = 0; k < size; k++) {
      const [i, f, o, g] = gatesAt(gates, size, k);
      next.value[k] = i * g + f * n(c.value, k);
      h.value[k] = o * Math.tanh(n(next.value, k));
    }
    this.#backward.push(() => {
      for (let k = 0; k < size; k++) {
        const [i, f, o, g] = gatesAt(gates, size, k);
        const t = Math.tanh(n(next.value, k));
        const dh = n(h.gradient, k);
        const dc = n(next.gradient, k) + dh * o * (1 - t * t);
        const dz = [dc * g * i * (1 - i), dc * n(c.value, k) * f * (1 - f), dh * t * o * (1 - o)];
        [...dz, dc * i * (1 - g * g)].forEach((d, gate) => {
          z.gradient[gate * size + k] = n(z.gradient, gate * size + k) + d;
        });
        c.gradient[k] = n(c.gradient, k) + dc * f;
      }
    });
    return { h, c: next };
  }

  /** Goes back over everything, once the gradients of the results are set. */
  backward(): void {
    for (let at = this.#backward.length - 1; at >= 0; at--) this.#backward[at]?.();
  }
}

/** The number at a place that is there. */
function n(values: Float64Array, at: number): number {
  return values[at] as number;
}

/** sum ← sum + factor × x. */
function accumulate(sum: Float64Array, x: Float64Array, factor = 1): void {
  for (let i = 0; i < sum.length; i++) sum[i] = n(sum, i) + factor * n(x, i);
}

function gatesAt(gates: Float64Array, size: number, k: number): [number, number, number, number] {
  return [n(gates, k), n(gates, size + k), n(gates, 2 * size + k), n(gates, 3 * size + k)];
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
