import { ArcherError, type Stream } from '@archer-nas/core';
import { gradientsOf, tf } from '@archer-nas/engine';
import { dropout } from './dropout.ts';
import { linear, linearParameters } from './linear.ts';
import type { Rows } from './mixture.ts';
import type { Forward, ParameterSource, ParameterSpec, Path, Site } from './network.ts';
import type { ParameterStore } from './parameter-store.ts';
import { decisionSites } from './paths.ts';

/** The sizes of an {@link edgeScorer}. */
export interface EdgeScorerOptions {
  /** Scores of each edge. */
  readonly scores: number;
  /** Of nodes and of operations. */
  readonly embedding: number;
  /** What embeddings of nodes are brought to. */
  readonly hidden: number;
  /** Widths of the layers that carry information along the edges. */
  readonly layers: readonly number[];
  /** Widths of the hidden layers of the perceptron. */
  readonly perceptron: readonly number[];
  /** Probability that a value of these is dropped in training. */
  readonly dropout: number;
}

/** Scores the edges of a cell by what runs in it; its parameters are in the store of others. */
export interface EdgeScorer {
  readonly parameters: readonly ParameterSpec[];
  /** One row per decision. @param dropouts where they draw from; absent: nothing is dropped */
  rows(path: Path, parameters: ParameterSource, dropouts?: () => Stream): Rows;
  /** By parameter: the gradient of Σ factor × score. The caller disposes them. */
  gradients(
    path: Path,
    parameters: ParameterSource,
    factors: Rows,
    dropouts?: () => Stream,
  ): Map<string, tf.Tensor>;
  /** Adds to what makes a score, from the last hidden layer on, what makes the score before it. */
  succeed(score: number, parameters: ParameterStore): void;
}

/**
 * A graph encoder after GATES (Ning et al., ECCV 2020), and a perceptron on both ends of every edge.
 * Operations are gates of the information that flows along their edges:
 * h_v ← ReLU(Σ_{u→v} σ(W_o e_uv) ⊙ W h_u + W h_v). Nothing flows along an edge that gives zeros.
 *
 * @param name parameters' names start with it
 * @param sites those of a decision have one row; they say which nodes they lie between
 * @throws ArcherError `ARCHER_CAPABILITY` when they do not
 */
export function edgeScorer(
  name: string,
  sites: readonly Site[],
  options: EdgeScorerOptions,
): EdgeScorer {
  const graph = graphOf(sites);
  const specs = parametersOf(name, graph, options);
  const scores = (path: Path, parameters: ParameterSource, dropouts?: () => Stream) => {
    const dropped = dropouts ? { dropout: options.dropout, draws: draws(dropouts()) } : {};
    const forward: Forward = { parameters, batchNorm: 'batch', ...dropped };
    const h = encoded(graph, path, forward, { name, ...options });
    const ends = [graph.from, graph.into].map((ends) => tf.matMul(tf.tensor2d(ends), h));
    const x = options.perceptron.reduce(
      (x, width, at) => {
        const y = linear(x, forward, `${name}.perceptron${at}`, width);
        return dropout(tf.relu(y), forward, `perceptron${at}`);
      },
      tf.concat2d(ends as tf.Tensor2D[], 1),
    );
    return linear(x, forward, `${name}.scores`, options.scores);
  };
  return {
    parameters: specs,
    rows: (...of) => tf.tidy(() => scores(...of).arraySync()).map((row) => Float64Array.from(row)),
    gradients(path, parameters, factors, dropouts) {
      const values = specs.map(({ name, shape }) => parameters.get(name, shape));
      const c = tf.tensor2d(factors.map((row) => [...row]));
      const sum = (): tf.Scalar => tf.sum(tf.mul(scores(path, parameters, dropouts), c));
      const { value, gradients } = gradientsOf(sum, values);
      tf.dispose([value, c]);
      const found = specs.map(({ name }, at) => [name, gradients[at]] as const);
      return new Map(found.flatMap(([name, g]) => (g ? [[name, tf.keep(g)] as const] : [])));
    },
    succeed(score, parameters) {
      const onward = tf.buffer<tf.Rank.R2>([options.scores, options.scores]);
      onward.set(1, score - 1, score);
      for (const { name, shape } of specs.slice(-2)) {
        const value = parameters.get(name, shape);
        const columns = [-1, options.scores];
        const added = tf.tidy(() => tf.matMul(tf.reshape(value, columns), onward.toTensor()));
        parameters.set(
          name,
          tf.tidy(() => tf.add(value, tf.reshape(added, [...shape]))),
        );
        added.dispose();
      }
    },
  };
}

/** The cell that all cells are alike to. */
interface Graph {
  readonly nodes: number;
  readonly operations: number;
  readonly edges: readonly Site[];
  /** The first site of each edge. */
  readonly places: readonly number[];
  /** Per edge, one where it begins, and where it ends. */
  readonly from: number[][];
  readonly into: number[][];
}

function graphOf(sites: readonly Site[]): Graph {
  const edges = decisionSites(sites);
  const names = [...new Set(edges.flatMap(({ from = '', node = '' }) => [from, node]))];
  if (names.includes('')) {
    throw new ArcherError(
      'ARCHER_CAPABILITY',
      'The sites do not say which nodes they lie between.',
    );
  }
  const end = (name: string | undefined) => names.map((one) => (one === name ? 1 : 0));
  return {
    nodes: names.length,
    operations: Math.max(...edges.map(({ options }) => options.length)),
    edges,
    places: edges.map((edge) => sites.indexOf(edge)),
    from: edges.map(({ from }) => end(from)),
    into: edges.map(({ node }) => end(node)),
  };
}

/** Embeddings have unit variance, as PyTorch's. */
function parametersOf(
  name: string,
  { nodes, operations }: Graph,
  { embedding, hidden, layers, perceptron, scores }: EdgeScorerOptions,
): ParameterSpec[] {
  const table = (of: string, count: number): ParameterSpec => {
    const shape = [count, embedding];
    return { name: `${name}.${of}`, shape, init: 'uniform', bound: Math.sqrt(3) };
  };
  const widths = [hidden, ...layers];
  const ends = 2 * (widths.at(-1) ?? hidden);
  const inputs = [ends, ...perceptron];
  return [
    table('nodes', nodes),
    table('operations', operations),
    ...linearParameters(`${name}.hidden`, embedding, hidden),
    ...layers.flatMap((width, at) => [
      ...linearParameters(`${name}.layer${at}`, widths[at] as number, width),
      ...linearParameters(`${name}.layer${at}.gate`, embedding, width, { bias: false }),
    ]),
    ...perceptron.flatMap((width, at) =>
      linearParameters(`${name}.perceptron${at}`, inputs[at] as number, width),
    ),
    ...linearParameters(`${name}.scores`, inputs.at(-1) as number, scores),
  ];
}

/** One row per node. */
function encoded(
  { nodes, operations, edges, places, from, into }: Graph,
  path: Path,
  forward: Forward,
  { name, embedding, hidden, layers }: EdgeScorerOptions & { readonly name: string },
): tf.Tensor2D {
  const table = (of: string, count: number) =>
    forward.parameters.get(`${name}.${of}`, [count, embedding]) as tf.Tensor2D;
  const options = places.map((site) => path[site] ?? -1);
  const e = tf.matMul<tf.Tensor2D>(
    tf.oneHot(options, operations).toFloat(),
    table('operations', operations),
  );
  const live = into.map((row, edge) => {
    return row.map((end) => (options[edge] === edges[edge]?.zero ? 0 : end));
  });
  const start = linear(table('nodes', nodes), forward, `${name}.hidden`, hidden);
  return layers.reduce((h, width, at) => {
    const layer = `${name}.layer${at}`;
    const gate = tf.sigmoid(linear(e, forward, `${layer}.gate`, width, { bias: false }));
    const information = linear(h, forward, layer, width);
    const sent = tf.mul(gate, tf.matMul(tf.tensor2d(from), information));
    return tf.relu<tf.Tensor2D>(tf.add(tf.matMul(tf.tensor2d(live), sent, true), information));
  }, start);
}

/** All layers draw from one stream, one after the other. */
function draws(stream: Stream): () => Stream {
  return () => stream;
}
