import { beforeAll, expect, it } from 'vitest';
import { gradientsOf } from './backpropagation.ts';
import { tf } from './repaired.ts';
import { share } from './share.ts';
import { type InputGradients, record, taping, untaped } from './tape.ts';
import { describeOnHosts, use } from './testing/host-engines.ts';

/** x² + addend as a recorded layer. */
function squarePlus(x: tf.Tensor, addend?: tf.Tensor): tf.Tensor {
  const recorded = taping();
  return untaped(() => {
    const output = tf.tidy(() => tf.add(tf.square(x), addend ?? 0));
    if (recorded) {
      const saved = [share(x)];
      const backward = (dy: tf.Tensor, gradients: InputGradients) => {
        const dx = tf.tidy(() => tf.mul(dy, tf.mul(saved[0] as tf.Tensor, 2)));
        gradients.add('x', dx);
        gradients.pass('addend');
      };
      record({ name: 'squarePlus', inputs: { x, addend }, output, saved, backward });
    }
    return output;
  });
}

const values = (tensor: tf.Tensor | undefined) => [...(tensor?.dataSync() ?? [])];

describeOnHosts('gradientsOf', (name) => {
  beforeAll(() => use(name));

  it("gives tfjs's gradients where layers and operations of tfjs meet", () => {
    const [a, b] = [tf.tensor1d([1, -2, 3]), tf.tensor1d([0.5, 4, -1])];
    const f = () => {
      const square = squarePlus(a, b); // a² + b
      const twice = squarePlus(square, square); // the same tensor as both inputs
      return tf.sum<tf.Scalar>(tf.mul(tf.add(twice, tf.relu(b)), squarePlus(b)));
    };
    const { value, gradients } = gradientsOf(f, [a, b]);
    const expected = tf.valueAndGrads(f as never)([a, b]);
    expect(values(value)).toEqual(values(expected.value));
    gradients.forEach((gradient, i) => {
      expect(values(gradient)).toEqual(values(expected.grads[i]));
    });
    // z = s² + s + relu(b) with s = a² + b; ∂Σzb²/∂a = (2s + 1) 2a b²
    const by = (a: number, b: number) => (2 * (a * a + b) + 1) * 2 * a * b * b;
    expect(values(gradients[0])).toEqual([by(1, 0.5), by(-2, 4), by(3, -1)]);
  });

  it('gives nothing for what the value does not depend on', () => {
    const [a, b] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])];
    const { gradients } = gradientsOf(() => tf.sum<tf.Scalar>(squarePlus(a)), [b, a]);
    expect(gradients[0]).toBeUndefined();
    expect(values(gradients[1])).toEqual([2, 4]);
  });

  it('leaves gradients alone that a customGrad gives from outside', () => {
    const [a, constant] = [tf.tensor1d([1, 2]), tf.tensor1d([7, 8])];
    const odd = tf.customGrad((x) => ({
      value: (x as tf.Tensor).clone(),
      gradFunc: () => constant,
    }));
    const f = () => tf.sum<tf.Scalar>(tf.add(odd(a), odd(a)));
    expect(values(gradientsOf(f, [a]).gradients[0])).toEqual([14, 16]);
    expect(values(constant)).toEqual([7, 8]);
  });

  it('is differentiable again inside of tf.grad', () => {
    const third = (x: tf.Tensor) => {
      const cube = () => tf.sum<tf.Scalar>(tf.mul(tf.square(x), x));
      return tf.sum(gradientsOf(cube, [x]).gradients[0] as tf.Tensor); // Σ 3x²
    };
    expect(values(tf.grad(third)(tf.tensor1d([1, 2])))).toEqual([6, 12]);
  });

  it('frees everything but its results, also when the function throws', () => {
    const a = tf.tensor1d([1, 2]);
    const before = tf.memory().numTensors;
    const { value, gradients } = gradientsOf(() => tf.sum<tf.Scalar>(squarePlus(a, a)), [a]);
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose([value, gradients[0] as tf.Tensor]);
    expect(() =>
      gradientsOf(() => {
        squarePlus(a);
        throw new Error('stop');
      }, [a]),
    ).toThrow('stop');
    expect(tf.memory().numTensors).toBe(before);
    expect(taping()).toBe(false);
  });

  it('holds what is saved only until its layer is passed', () => {
    const a = tf.tensor1d([1, 2]);
    const alive: number[] = [];
    /** x, and notes on the way back how many tensors there are. */
    const count = (x: tf.Tensor) => {
      const output = share(x);
      const backward = (_: tf.Tensor, gradients: InputGradients) => {
        alive.push(tf.memory().numTensors);
        gradients.pass('x');
      };
      record({ name: 'count', inputs: { x }, output, saved: [], backward });
      return output;
    };
    const chain = () => {
      const layers = Array.from({ length: 4 });
      return tf.sum<tf.Scalar>(layers.reduce<tf.Tensor>((x) => count(squarePlus(x)), a));
    };
    gradientsOf(chain, [a]);
    const steps = alive.slice(1).map((now, i) => now - (alive[i] as number));
    expect(steps).toEqual([-1, -1, -1]);
  });

  it('frees what is saved and no tensor, passed or not, also when the pass fails', () => {
    const a = tf.tensor1d([1, 2]);
    const freed: string[] = [];
    const holding = (x: tf.Tensor, title: string) => {
      const output = share(x);
      const backward = (_: tf.Tensor, gradients: InputGradients) => {
        expect(freed).not.toContain(title);
        gradients.pass('x');
      };
      const saved = [{ dispose: () => void freed.push(title) }];
      record({ name: 'holding', inputs: { x }, output, saved, backward });
      return output;
    };
    gradientsOf(() => {
      holding(a, 'aside');
      return tf.sum<tf.Scalar>(holding(holding(a, 'first'), 'second'));
    }, [a]);
    expect(freed.indexOf('second')).toBeLessThan(freed.indexOf('first'));
    expect(new Set(freed)).toEqual(new Set(['aside', 'first', 'second']));
    const failing = () => {
      holding(a, 'failed');
      throw new Error('stop');
    };
    expect(() => gradientsOf(failing, [a])).toThrow('stop');
    expect(freed).toContain('failed');
  });
});
