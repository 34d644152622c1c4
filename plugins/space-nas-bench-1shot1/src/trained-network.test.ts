import { createStreams } from '@archer-nas/core';
import { startEngine, tf } from '@archer-nas/engine';
import {
  exportGraphModel,
  type Forward,
  lossAndGradients,
  type Network,
  type ParameterSource,
  ParameterStore,
  pathGates,
  RunningStatistics,
} from '@archer-nas/nn';
import { beforeAll, describe, expect, it } from 'vitest';

import type { Cell } from './cell.ts';
import { costModel } from './costs.ts';
import { definitionOf, SPACES } from './definition.ts';
import { pathOf } from './node-sites.ts';
import { runCell } from './run-cell.ts';
import { placesOf } from './skeleton.ts';
import { head, narrowed, stem } from './skeleton-layers.ts';
import { oneShotSpace } from './space.ts';
import { cellSupernet } from './supernet.ts';
import { throughCells } from './through-cells.ts';
import { cellNetwork, everything, trainedShape } from './trained-network.ts';

const TINY = { classes: 3, image: { height: 8, width: 8, channels: 3 } };
const streams = createStreams(3);

beforeAll(async () => {
  await startEngine({ engine: 'wasm' });
});

const count = ({ parameters }: Network): number =>
  parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);

function images(size: number): tf.Tensor4D {
  const stream = streams.stream('images');
  const values = Float32Array.from({ length: size * 8 * 8 * 3 }, () => stream.normal());
  return tf.tensor4d(values, [size, 8, 8, 3]);
}

/** The first cells of a space that a stream draws. */
function cellsOf(number: (typeof SPACES)[number], size: number): Cell[] {
  const space = oneShotSpace(number);
  return Array.from({ length: size }, (_, i) => space.sample(streams.stream('cell', i)));
}

describe('costs', () => {
  // Rows of NAS-Bench-101 itself: adjacency, operations, trainable_parameters.
  it.each([
    [1, '111011011000000110000:12121', 2_793_866],
    [1, '111101100100000100100:12111', 5_578_890],
    [1, '111011101000000100100:12021', 12_962_698],
    [2, '110011011000000001110:11111', 1_058_845],
    [2, '101101010100000111000:00201', 5_969_674],
    [3, '110010001100101101000:21210', 2_793_866],
    [3, '101001010101010001100:12212', 706_442],
  ] as const)('of space %i: %s has %i parameters in the benchmark', (number, text, params) => {
    const space = oneShotSpace(number);
    expect(space.costs?.of(space.parse(text)).params).toBe(params);
  });

  it('are those of the layers that there are', () => {
    const skeleton = { channels: 8, cells: 2 };
    const model = costModel(skeleton, { classes: 3, image: 8 });
    for (const number of SPACES) {
      for (const cell of cellsOf(number, 10)) {
        expect(model.of(cell).params).toBe(count(cellNetwork(skeleton, TINY, cell)));
      }
    }
  });

  it('count a multiply-add per weight and pixel', () => {
    // Output ← {1, 2}, both ← 0: a conv3x3 and a pool, whose loose ends cost nothing.
    const cell: Cell = {
      graph: [[], [0], [0, 1], [0, 1], [2, 3], [1, 2]],
      operations: [0, 2, 0, 0],
    };
    const model = costModel({ channels: 2, cells: 1 }, { classes: 3, image: 8 });
    // Stem 27·2·64; per cell two projections and a 3×3 with half of the channels each.
    const cells = [(2 * 2 * 1 + 9) * 64, (2 * 2 * 2 + 9 * 4) * 16, (2 * 4 * 4 + 9 * 16) * 4].reduce(
      (a, b) => a + b,
    );
    expect(model.of(cell).macs).toBe(27 * 2 * 64 + cells + 8 * 3 + 3);
  });
});

describe('the network that is trained alone', () => {
  it('trains every parameter, where channels do not divide evenly too', () => {
    const skeleton = { channels: 4, cells: 1 };
    const batch = { images: images(4), labels: Int32Array.of(0, 1, 2, 0), size: 4, dispose() {} };
    // 1, 2 and 4 share the output's channels, 2 + 1 + 1; 3 has one, of two that 1 gives.
    const uneven: Cell = {
      graph: [[], [0], [1], [0, 1], [2, 3], [1, 2, 4]],
      operations: [0, 0, 1, 0],
    };
    for (const cell of [uneven, ...SPACES.flatMap((number) => cellsOf(number, 2))]) {
      const network = cellNetwork(skeleton, TINY, cell);
      const store = new ParameterStore(network.parameters, streams);
      const { numTensors } = tf.memory();
      const result = lossAndGradients(network, store, [], batch);
      expect([...result.gradients.keys()]).toEqual(network.parameters.map(({ name }) => name));
      result.dispose();
      expect(tf.memory().numTensors).toBe(numTensors);
      store.dispose();
    }
    expect(trainedShape(uneven, { name: 'cell0', channels: 4, from: 4, halves: false })).toEqual({
      ...{ name: 'cell0', from: 4, partial: undefined, slots: [1, 2, 4] },
      channels: [4, 2, 1, 1, 1, 4],
      inputs: [[], [[0]], [[1]], [[0, 1]], [[2, 3]], [[1, 2, 4]]],
      operations: [[], [0], [0], [1], [0], []],
    });
    batch.images.dispose();
  });

  it('exports, in layers that the format knows', () => {
    for (const cell of cellsOf(2, 3)) {
      const network = cellNetwork({ channels: 4, cells: 1 }, TINY, cell);
      const store = new ParameterStore(network.parameters, streams);
      const statistics = new RunningStatistics();
      const pass: Forward = { parameters: store, batchNorm: 'train', statistics };
      const pixels = images(4);
      tf.tidy(() => network.forward(pixels, [], pass));
      const files = exportGraphModel(network, store, [], statistics);
      expect(JSON.parse(files['model.json']).format).toBe('graph-model');
      tf.dispose(pixels);
      statistics.dispose();
      store.dispose();
    }
  });
});

describe('an architecture in the supernet', () => {
  const size = { channels: 2, cells: 1 };

  /** Input channels of a supernet's layer that reads a cell's output: the kept blocks' alone. */
  function slicedSource(store: ParameterStore, kept: readonly number[]): ParameterSource {
    return {
      get(name, shape) {
        const whole = store.value(name);
        if (tf.util.arraysEqual(whole.shape, shape as number[])) return whole;
        const channels = (shape[2] ?? 0) / kept.length;
        const parts = kept.map((block) =>
          tf.slice(whole, [0, 0, (block - 1) * channels, 0], [-1, -1, channels, -1]),
        );
        return tf.concat(parts, 2);
      },
    };
  }

  it.each(SPACES)('of space %i is the network of it alone, under the same weights', (number) => {
    const definition = definitionOf(number);
    const pixels = images(4);
    // A direct edge to the output adds to the empty places too, which the network alone lacks.
    const cells = cellsOf(number, 40).filter(({ graph }) => !graph.at(-1)?.includes(0));
    for (const cell of cells.slice(0, 6)) {
      for (const inputs of ['sets', 'each'] as const) {
        const supernet = cellSupernet(definition, size, { ...TINY, inputs });
        const store = new ParameterStore(supernet.parameters, streams);
        const [shared, alone] = tf.tidy(() => {
          const gates = pathGates(pathOf(cell, supernet.sites, definition));
          const logits = supernet.forward(pixels, gates, { parameters: store, batchNorm: 'batch' });
          return [logits, logitsAlone(cell, store, pixels)].map((y) => y.dataSync());
        });
        for (const [i, value] of (shared ?? []).entries()) {
          expect(value).toBeCloseTo(alone?.[i] as number, 4);
        }
        store.dispose();
      }
    }
    pixels.dispose();
  });

  /** The trained network's cells, as wide as the blocks of the supernet that it keeps. */
  function logitsAlone(cell: Cell, store: ParameterStore, pixels: tf.Tensor4D): tf.Tensor2D {
    const kept = cell.graph.at(-1) ?? [];
    const forward: Forward = { parameters: slicedSource(store, kept), batchNorm: 'batch' };
    const places = placesOf(size, kept.length).map((place) => {
      return { ...place, channels: kept.length * place.channels };
    });
    const features = throughCells(
      stem(pixels, forward, size.channels),
      places,
      (x, place) => {
        const shape = trainedShape(cell, place);
        return runCell(x, shape, everything(shape), forward);
      },
      forward,
    );
    return head(narrowed(features, forward, 4 * size.channels), forward, TINY.classes);
  }
});
