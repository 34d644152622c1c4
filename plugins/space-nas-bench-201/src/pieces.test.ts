import { createStreams } from '@archer-nas/core';
import { startEngine, tf } from '@archer-nas/engine';
import {
  forwardPaths,
  ParameterStore,
  type Path,
  pathGates,
  pathHits,
  planPaths,
} from '@archer-nas/nn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CELLS, type Cell, cellFromCode, cellOf } from './cell.ts';
import { cellSupernet } from './network.ts';

const TASK = { classes: 5, image: { height: 8, width: 8, channels: 3 } };
/** Six cells. */
const SKELETON = { channels: 4, cells: 2, convBias: true };
const ALL = [0, 1, 2, 3, 4];
const EVERYTHING = [ALL, ALL, ALL, ALL, ALL, ALL];
const streams = createStreams(5);
const network = cellSupernet(SKELETON, TASK, EVERYTHING);
const pieces = network.pieces ?? [];
/** What every path runs: stem, two reductions, classifier. */
const LAYERS = 4;

const pathOf = (cell: Cell): Path => network.sites.map(({ decision }) => cell[decision] ?? 0);
const cellsDrawn = (count: number): Cell[] => {
  const stream = streams.stream('cells');
  return Array.from({ length: count }, () => cellFromCode(stream.int(CELLS)));
};

const hasNative = await startEngine({ engine: 'native' }).then(
  () => true,
  () => false,
);

/** Pieces that a path runs, by hand. */
function run(...operations: readonly number[]): number {
  return planPaths(pieces, [pathOf(cellOf(operations))]).results.length;
}

describe('the plan of a cell', () => {
  it('has every edge that computes, in each of the six cells', () => {
    expect(run(3, 3, 3, 3, 3, 3)).toBe(LAYERS + 6 * 6);
  });

  it('leaves out what carries nothing or does not reach the output', () => {
    // 0→3 alone; an edge into node 1 that nobody reads; one out of node 2 that nobody feeds.
    expect(run(0, 0, 0, 3, 0, 0)).toBe(LAYERS + 6);
    expect(run(3, 0, 0, 3, 0, 0)).toBe(LAYERS + 6);
    expect(run(0, 0, 3, 3, 0, 3)).toBe(LAYERS + 6);
    // A skip as the first edge into a node is no work, as a later one it is an addition.
    expect(run(0, 0, 0, 1, 0, 0)).toBe(LAYERS);
    expect(run(1, 0, 0, 3, 1, 0)).toBe(LAYERS + 6 * 2);
    // Without any connection: zeros of the right size.
    expect(run(0, 0, 0, 0, 0, 0)).toBe(LAYERS + 6);
  });

  it('makes one result of all cells that differ only in such edges', () => {
    const paths = Array.from({ length: CELLS }, (_, code) => {
      return pathOf(cellFromCode(code)).slice(0, 6);
    });
    const small = cellSupernet({ ...SKELETON, cells: 1 }, TASK, EVERYTHING);
    const whole = paths.map((path) => [...path, ...path, ...path]);
    const { logits } = planPaths(small.pieces ?? [], whole);
    // Of 15,625 cells, by an independent count of live edges, 9,445; skips join some more.
    expect(new Set(logits).size).toBeLessThanOrEqual(9445);
    expect(new Set(logits).size).toBeGreaterThan(6466);
  });
});

describe(`the pieces on ${hasNative ? 'native' : 'plain JavaScript'}`, () => {
  let store: ParameterStore;
  let images: tf.Tensor4D;
  const labels = Int32Array.from({ length: 6 }, (_, i) => i % 5);
  const cells = [...cellsDrawn(40), cellOf([0, 0, 0, 0, 0, 0]), cellOf([3, 0, 0, 0, 0, 0])];
  const paths = cells.map(pathOf);
  const batch = () => ({ images, labels, size: 6, dispose() {} });

  beforeAll(() => {
    store = new ParameterStore(network.parameters, streams);
    const stream = streams.stream('images');
    images = tf.tensor4d(
      Float32Array.from({ length: 6 * 8 * 8 * 3 }, () => stream.normal()),
      [6, 8, 8, 3],
    );
  });
  afterAll(() => {
    store.dispose();
    images.dispose();
  });

  const forward = () => ({ parameters: store, batchNorm: 'batch' }) as const;

  function byPieces(path: Path): number[] {
    const [logits] = Array.from(
      forwardPaths(pieces, planPaths(pieces, [path]), images, forward()),
      (one) => [...one.dataSync()],
    );
    return logits ?? [];
  }

  function inOne(path: Path): number[] {
    return tf.tidy(() => [...network.forward(images, pathGates(path), forward()).dataSync()]);
  }

  it('give what the forward pass gives', () => {
    for (const path of paths) {
      const [parts, whole] = [byPieces(path), inOne(path)];
      // On the engine native an addition inside of a kernel has the bits of one after it.
      if (hasNative) expect(parts).toEqual(whole);
      else
        for (const [i, value] of parts.entries())
          expect(value).toBeCloseTo(whole[i] ?? Number.NaN, 5);
    }
  });

  it('score many architectures as each of them alone', async () => {
    const together = await pathHits(network, store, paths).of(batch());
    for (const [i, path] of paths.entries()) {
      expect(await pathHits(network, store, [path]).of(batch())).toEqual(together.slice(i, i + 1));
    }
  });

  it.runIf(hasNative)('allocate nothing once they have run', async () => {
    const { buffers } = tf.backend() as unknown as { readonly buffers: { readonly bytes: number } };
    const hits = pathHits(network, store, paths);
    await hits.of(batch());
    const held = [buffers.bytes, tf.memory().numTensors, tf.memory().numDataBuffers];
    for (let i = 0; i < 3; i++) await hits.of(batch());
    expect([buffers.bytes, tf.memory().numTensors, tf.memory().numDataBuffers]).toEqual(held);
  });
});
