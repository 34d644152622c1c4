import { ArcherError } from '@archer-nas/core';
import { inflatedValues } from './convolution.ts';
import type { TracedConstant, TracedLayer, TracedNetwork } from './graph-trace.ts';
import { LOWEST, validCounts } from './pooling.ts';

/** A node of a TensorFlow GraphDef in JSON. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, unknown>>;
}

/** A value stored in the weights file. */
export interface GraphWeight {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** Nodes in topological order, and the weights that the `Const` nodes name. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly weights: ReadonlyMap<string, GraphWeight>;
}

const FLOAT = { T: { type: 'DT_FLOAT' } };
const ints = (...values: number[]) => ({ list: { i: values.map(String) } });
const text = (value: string) => ({ s: Buffer.from(value).toString('base64') });
const NHWC = { data_format: text('NHWC') };

/** Translates a traced network into GraphDef nodes; its constants become weights. */
export function graphOf({ layers, constants, output }: TracedNetwork): Graph {
  const graph = new GraphBuilder(constants);
  for (const layer of layers) {
    const translate = TRANSLATIONS[layer.op];
    if (translate === undefined) {
      throw new ArcherError('ARCHER_TRACE', `There is no graph translation of layer ${layer.op}.`);
    }
    translate(layer, graph);
  }
  graph.add('logits', 'Identity', [output], FLOAT);
  return reachable(graph, 'logits');
}

/** Without what does not lead to `last`: a cell may compute nodes that nothing reads. */
function reachable({ nodes, weights }: Graph, last: string): Graph {
  const needed = new Set([last]);
  for (const { name, input = [] } of nodes.toReversed()) {
    if (needed.has(name)) for (const from of input) needed.add(from);
  }
  return {
    nodes: nodes.filter(({ name }) => needed.has(name)),
    weights: new Map([...weights].filter(([name]) => needed.has(name))),
  };
}

class GraphBuilder implements Graph {
  readonly nodes: GraphNode[] = [];
  readonly weights = new Map<string, GraphWeight>();
  readonly #constants: ReadonlyMap<string, TracedConstant>;

  constructor(constants: ReadonlyMap<string, TracedConstant>) {
    this.#constants = constants;
  }

  add(
    name: string,
    op: string,
    inputs: readonly string[],
    attr: Readonly<Record<string, unknown>> = {},
  ): string {
    const input = inputs.map((from) => this.#source(from));
    this.nodes.push({ name, op, input, attr });
    return name;
  }

  /** Adds a `Const` node; its value goes to the weights file. */
  weight(name: string, shape: readonly number[], values: Float32Array | Int32Array): string {
    const dtype = { type: values instanceof Int32Array ? 'DT_INT32' : 'DT_FLOAT' };
    const tensorShape = { dim: shape.map((size) => ({ size: String(size) })) };
    const value = { tensor: { dtype: dtype.type, tensorShape } };
    this.nodes.push({ name, op: 'Const', attr: { dtype, value } });
    this.weights.set(name, { shape, values });
    return name;
  }

  constant(name: string): TracedConstant {
    const found = this.#constants.get(name);
    if (found === undefined) throw new ArcherError('ARCHER_TRACE', `${name} is not constant.`);
    return found;
  }

  #source(name: string): string {
    const constant = this.#constants.get(name);
    if (constant !== undefined && !this.weights.has(name)) {
      this.weight(name, constant.shape, constant.values);
    }
    return name;
  }
}

type Translation = (layer: TracedLayer, graph: GraphBuilder) => void;

const simple = (op: string): Translation => {
  return ({ name, inputs }, graph) => void graph.add(name, op, inputs, FLOAT);
};

const TRANSLATIONS: Readonly<Record<string, Translation>> = {
  relu: simple('Relu'),
  relu6: simple('Relu6'),
  add: simple('AddV2'),
  bias: simple('AddV2'),
  scale: simple('Mul'),
  concat({ name, inputs }, graph) {
    const axis = graph.weight(`${name}/axis`, [], Int32Array.of(3));
    graph.add(name, 'ConcatV2', [...inputs, axis], { ...FLOAT, N: { i: String(inputs.length) } });
  },
  withoutFirstPixels({ name, inputs }, graph) {
    const begin = graph.weight(`${name}/begin`, [4], Int32Array.of(0, 1, 1, 0));
    const size = graph.weight(`${name}/size`, [4], Int32Array.of(-1, -1, -1, -1));
    graph.add(name, 'Slice', [...inputs, begin, size], { ...FLOAT, Index: { type: 'DT_INT32' } });
  },
  linear({ name, inputs: [x = '', weight = '', bias] }, graph) {
    const attr = { ...FLOAT, transpose_a: { b: false }, transpose_b: { b: false } };
    const product = bias === undefined ? name : `${name}/product`;
    graph.add(product, 'MatMul', [x, weight], attr);
    if (bias !== undefined) graph.add(name, 'AddV2', [product, bias], FLOAT);
  },
  batchNorm({ name, inputs, attributes }, graph) {
    const [x = '', mean = '', variance = '', scale, offset] = inputs;
    const { shape } = graph.constant(mean);
    const size = shape[0] ?? 0;
    const gamma = scale ?? graph.weight(`${name}/scale`, shape, new Float32Array(size).fill(1));
    const beta = offset ?? graph.weight(`${name}/offset`, shape, new Float32Array(size));
    const attr = { ...FLOAT, ...NHWC, epsilon: { f: attributes.eps }, is_training: { b: false } };
    graph.add(name, 'FusedBatchNormV3', [x, gamma, beta, mean, variance], attr);
  },
  conv2d: convolution('Conv2D'),
  depthwiseConv2d: convolution('DepthwiseConv2dNative'),
  slice({ name, inputs, attributes }, graph) {
    const { from = 0, size = 0 } = attributes as Record<string, number>;
    const begin = graph.weight(`${name}/begin`, [4], Int32Array.of(0, 0, 0, from));
    const sizes = graph.weight(`${name}/size`, [4], Int32Array.of(-1, -1, -1, size));
    graph.add(name, 'Slice', [...inputs, begin, sizes], FLOAT);
  },
  shuffle({ name, inputs, inputShapes, attributes }, graph) {
    const [, height = 0, width = 0, channels = 0] = inputShapes[0] ?? [];
    const groups = Number(attributes.groups);
    const split = Int32Array.of(-1, groups, channels / groups);
    const steps = [
      ['Reshape', 'blocks', split],
      ['Transpose', 'turned', Int32Array.of(0, 2, 1)],
      ['Reshape', '', Int32Array.of(-1, height, width, channels)],
    ] as const;
    steps.reduce((from, [op, step, values]) => {
      const by = graph.weight(`${name}/${op}${step}`, [values.length], values);
      return graph.add(step === '' ? name : `${name}/${step}`, op, [from, by], FLOAT);
    }, inputs[0] ?? '');
  },
  maxPool2x2: ({ name, inputs }, graph) => pool(graph, name, 'MaxPool', inputs, 2, 2, 'VALID'),
  avgPool2x2: ({ name, inputs }, graph) => pool(graph, name, 'AvgPool', inputs, 2, 2, 'VALID'),
  avgPoolValid({ name, inputs, attributes: { size, stride } }, graph) {
    pool(graph, name, 'AvgPool', inputs, Number(size), Number(stride), 'VALID');
  },
  avgPool3x3(layer, graph) {
    const { name, inputs, attributes } = layer;
    const stride = Number(attributes.stride);
    if (stride === 1) return pool(graph, name, 'AvgPool', inputs, 3, 1, 'SAME');
    const padded = pad(graph, layer, 1);
    pool(graph, `${name}/ninth`, 'AvgPool', [padded], 3, stride, 'VALID');
    const [, height = 0, width = 0] = layer.inputShapes[0] ?? [];
    const counts = validCounts(height, width, stride);
    const share = graph.weight(
      `${name}/share`,
      counts.shape,
      counts.values.map((c) => 9 / c),
    );
    graph.add(name, 'Mul', [`${name}/ninth`, share], FLOAT);
  },
  maxPool3x3(layer, graph) {
    const { name, inputs, attributes } = layer;
    if (attributes.stride === 1) return pool(graph, name, 'MaxPool', inputs, 3, 1, 'SAME');
    pool(graph, name, 'MaxPool', [pad(graph, layer, 1, LOWEST)], 3, 2, 'VALID');
  },
  globalAveragePool({ name, inputs }, graph) {
    const axes = graph.weight(`${name}/axes`, [2], Int32Array.of(1, 2));
    graph.add(name, 'Mean', [...inputs, axes], { ...FLOAT, keep_dims: { b: false } });
  },
};

function convolution(op: string): Translation {
  return (layer, graph) => {
    const { name, inputs, attributes } = layer;
    const [x = '', weight = ''] = inputs;
    const { stride = 1, padding = 0, dilation = 1 } = attributes as Record<string, number>;
    const dense = inflatedValues(graph.constant(weight), dilation);
    // The same weight may be read twice; the inflated kernel is this layer's own.
    const kernel =
      dilation === 1 ? weight : graph.weight(`${name}/kernel`, dense.shape, dense.values);
    const same = stride === 1 && 2 * padding === (dense.shape[0] ?? 0) - 1;
    const source = same || padding === 0 ? x : pad(graph, layer, padding);
    graph.add(name, op, [source, kernel], {
      ...FLOAT,
      ...NHWC,
      strides: ints(1, stride, stride, 1),
      dilations: ints(1, 1, 1, 1),
      padding: text(same && padding > 0 ? 'SAME' : 'VALID'),
    });
  };
}

function pool(
  graph: GraphBuilder,
  name: string,
  op: 'AvgPool' | 'MaxPool',
  inputs: readonly string[],
  size: number,
  stride: number,
  padding: 'SAME' | 'VALID',
): void {
  graph.add(name, op, inputs, {
    ...FLOAT,
    ...NHWC,
    ksize: ints(1, size, size, 1),
    strides: ints(1, stride, stride, 1),
    padding: text(padding),
  });
}

function pad(graph: GraphBuilder, layer: TracedLayer, by: number, value = 0): string {
  const { name, inputs } = layer;
  const sides = graph.weight(`${name}/sides`, [4, 2], Int32Array.of(0, 0, by, by, by, by, 0, 0));
  const filler = graph.weight(`${name}/filler`, [], Float32Array.of(value));
  return graph.add(`${name}/padded`, 'PadV2', [inputs[0] ?? '', sides, filler], FLOAT);
}
