// biome-ignore-all lint/style/noNonNullAssertion: the axes exist, matrices have at least two
import { input, register } from './register.ts';

/** Registers products of matrices, and of equally many or against one. */
export function registerMatmul(): void {
  register('BatchMatMul', (inputs, attrs, backend) => {
    const [a, b] = [input(inputs, 'a'), input(inputs, 'b')];
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
    const batchA = a.shape.slice(0, -2);
    const batchB = b.shape.slice(0, -2);
    const [countA, countB] = [product(batchA), product(batchB)];
    const same = batchA.join() === batchB.join();
    if (!same && countA !== 1 && countB !== 1) return undefined;
    const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
    const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
    const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
    const [kB, n] = transposeB ? [columnsB, rowsB] : [rowsB, columnsB];
    if (k !== kB) throw new Error(`Matrices of shapes [${a.shape}] and [${b.shape}] do not fit.`);
    const lead = countA >= countB && batchA.length >= batchB.length ? batchA : batchB;
    const y = backend.allocate([...lead, m, n]);
    const shape = Int32Array.of(
      ...[product(lead), m, k, n, Number(transposeA), Number(transposeB)],
      ...[countA === 1 ? 0 : m * k, countB === 1 ? 0 : k * n],
    );
    backend.kernels.matmul(shape, backend.values(a), backend.values(b), y.values);
    return y.info;
  });
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
