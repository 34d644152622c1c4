import { type Graph, OP } from './cell.ts';

/** The benchmark's CIFAR-10 network: three stacks of three cells, 128 channels, then doubled. */
const STEM = 128;
const STACKS = 3;
const CELLS_PER_STACK = 3;
const CLASSES = 10;

/** A convolution without bias, scale and offset of its batch norm. */
const convNorm = (kernel: number, from: number, to: number): number =>
  kernel ** 2 * from * to + 2 * to;

/**
 * Trainable parameters of the network with this cell. Where an output does not divide evenly
 * among its inputs, isomorphic graphs can differ by the order of their vertices.
 */
export function networkParams(graph: Graph): number {
  let params = convNorm(3, 3, STEM);
  let from = STEM;
  for (let stack = 0; stack < STACKS; stack++) {
    const to = STEM * 2 ** stack;
    for (let cell = 0; cell < CELLS_PER_STACK; cell++) {
      params += cellParams(graph, from, to);
      from = to;
    }
  }
  return params + from * CLASSES + CLASSES;
}

/** The input is projected by a 1×1 convolution wherever it goes; inner edges add. */
function cellParams(graph: Graph, from: number, to: number): number {
  const { vertices, next, operations } = graph;
  const channels = vertexChannels(graph, to);
  const reads = (v: number): boolean => (((next[0] as number) >> v) & 1) === 1;
  let params = reads(vertices - 1) ? convNorm(1, from, to) : 0;
  operations.forEach((op, at) => {
    const own = channels[at + 1] as number;
    if (reads(at + 1)) params += convNorm(1, from, own);
    if (op === OP.conv3x3) params += convNorm(3, own, own);
    if (op === OP.conv1x1) params += convNorm(1, own, own);
  });
  return params;
}

/**
 * Vertices before the output share its channels, the first ones get what is left over; every
 * other vertex has the most of those it leads to.
 */
export function vertexChannels({ vertices, next }: Graph, to: number): number[] {
  const output = vertices - 1;
  const leads = (v: number, w: number): boolean => (((next[v] as number) >> w) & 1) === 1;
  const channels = new Array<number>(vertices).fill(0);
  const last = Array.from({ length: output }, (_, v) => v).filter((v) => v > 0 && leads(v, output));
  last.forEach((v, at) => {
    channels[v] = Math.floor(to / last.length) + (at < to % last.length ? 1 : 0);
  });
  for (let v = output - 1; v > 0; v--) {
    if (leads(v, output)) continue;
    for (let w = v + 1; w < output; w++) {
      if (leads(v, w)) channels[v] = Math.max(channels[v] as number, channels[w] as number);
    }
  }
  return channels;
}
