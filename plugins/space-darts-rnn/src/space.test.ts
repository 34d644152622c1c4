import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import {
  denseMixture,
  type Model,
  mixtureGradients,
  mixtureLoss,
  ParameterStore,
  pathGates,
  RunningStatistics,
  TokenBatches,
} from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { EDGES } from './edges.ts';
import { parseGenotype } from './genotype.ts';
import { dartsRnnSpace, type RnnSettings } from './space.ts';
import { toyText, VOCABULARY } from './testing/toy-corpus.ts';

const dropout = { words: 0, embedded: 0, input: 0, hidden: 0, output: 0 };
const small = { width: 3, norm: true, initRange: 0.7, dropout, slowness: 0 };
const spaceOf = (changes: Partial<RnnSettings> = {}) => dartsRnnSpace({ ...small, ...changes });
const task = { vocabulary: VOCABULARY.length };
const streams = createStreams(4);
const genotype = parseGenotype(
  "Genotype(recurrent=[('sigmoid', 0), ('relu', 1), ('relu', 1), ('identity', 1), " +
    "('tanh', 2), ('sigmoid', 5), ('tanh', 3), ('relu', 5)], concat=range(1, 9))",
);
const batch = new TokenBatches(toyText(), { lanes: 4, window: 3 }).at(1);
/** Probabilities that differ in every place. */
const P = denseMixture(
  EDGES.map((_, edge) => {
    const row = Float64Array.from({ length: 5 }, (__, option) => 1 + ((edge * 7 + option * 3) % 5));
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((value) => value / sum);
  }),
);

function parameterCount({ parameters }: Model): number {
  return parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

describe('the networks of the recurrent space', () => {
  it.each([
    [300, 4_810_000],
    [850, 22_960_000],
  ])('of width %i have %i parameters with 10,000 words (check D)', (width, count) => {
    const space = spaceOf({ width });
    const words = { vocabulary: 10_000 };
    expect(parameterCount(space.supernet(words))).toBe(count);
    expect(parameterCount(space.network(genotype, words))).toBe(count);
  });

  it('share a matrix among the edges of a node', () => {
    const { sites, parameters } = spaceOf().supernet(task);
    expect(sites).toHaveLength(36);
    const gates = parameters.map(({ name }) => name).filter((name) => name.endsWith('.gate'));
    expect(gates).toEqual([
      ...['cell.input.x.gate', 'cell.input.h.gate'],
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((node) => `cell.node${node}.gate`),
    ]);
  });

  it('agree: a path without batch norm is the derived cell', () => {
    const space = spaceOf({ norm: false });
    const supernet = space.supernet(task);
    const store = new ParameterStore(supernet.parameters, streams);
    const forward = { parameters: store, batchNorm: 'batch' } as const;
    const gates = pathGates(space.path(genotype, supernet));
    const [inherited, alone] = [
      supernet.loss(batch, gates, forward),
      space.network(genotype, task).loss(batch, [], forward),
    ].map(({ perSample }) => Array.from(perSample.dataSync()));
    expect(inherited).toHaveLength(12);
    inherited?.forEach((loss, i) => {
      expect(loss).toBeCloseTo(alone?.[i] as number, 5);
    });
  });

  it('normalise every state of the supernet over its lanes, and keep statistics of all', () => {
    const model = spaceOf().supernet(task);
    const store = new ParameterStore(model.parameters, streams);
    const statistics = new RunningStatistics({ momentum: 'cumulative' });
    mixtureGradients(model, store, P, batch, { batchNorm: 'train', statistics }).dispose();
    const [entry] = Object.values(statistics.state as Record<string, { batches: number }>);
    expect(Object.keys(statistics.state as object)).toEqual(['cell.norm']);
    expect(entry?.batches, 'nine states at each of three steps').toBe(27);
    const running = mixtureLoss(model, store, P, batch, { batchNorm: 'running', statistics });
    expect(running).not.toBeCloseTo(mixtureLoss(model, store, P, batch), 4);
    statistics.dispose();
  });

  it.each([true, false])('R39 have the gradients of finite differences, norm %s', (norm) => {
    const model = spaceOf({ norm }).supernet(task);
    const store = new ParameterStore(model.parameters, streams);
    const found = mixtureGradients(model, store, P, batch);
    for (const [name, gradient] of found.gradients) {
      const direction = tf.tensor(
        Float32Array.from({ length: gradient.size }, (_, i) => Math.sin(1 + 3 * i)),
        gradient.shape,
      );
      const slope = tf.sum(tf.mul(gradient, direction)).dataSync()[0] as number;
      const along = (factor: number) => {
        const at = store.displaced(new Map([[name, direction]]), factor);
        return store.at(at, (parameters) => mixtureLoss(model, parameters, P, batch));
      };
      const numeric = (along(2e-3) - along(-2e-3)) / 4e-3;
      expect(Math.abs(numeric - slope), name).toBeLessThan(2e-2 * Math.max(1, Math.abs(slope)));
    }
    [0, 4, 17, 35].forEach((edge) => {
      const slopes = found.rows[edge] as Float64Array;
      expect(slopes[0], '`none` adds nothing').toBe(0);
      const moved = (option: number, by: number) => {
        const rows = P.map(({ weights }) => Float64Array.from(weights ?? []));
        (rows[edge] as Float64Array)[option] = (rows[edge]?.[option] ?? 0) + by;
        return mixtureLoss(model, store, denseMixture(rows), batch);
      };
      for (const option of [1, 2, 3, 4]) {
        const numeric = (moved(option, 5e-3) - moved(option, -5e-3)) / 1e-2;
        expect(Math.abs(numeric - (slopes[option] as number)), `${edge} ${option}`).toBeLessThan(
          2e-3,
        );
      }
    });
    found.dispose();
  });

  it('run without edges: all `none` gives states of zero, without a gradient of their matrices', () => {
    const model = spaceOf({ norm: false }).supernet(task);
    const store = new ParameterStore(model.parameters, streams);
    const gates = EDGES.map(() => ({ support: [0] }));
    const nothing = mixtureGradients(model, store, gates, batch);
    expect([...nothing.gradients.keys()]).not.toContain('cell.node1.gate');
    const bias = Array.from(nothing.loss.dataSync())[0] as number;
    expect(bias, 'uniform, for the bias starts at zero').toBeCloseTo(Math.log(5), 6);
    nothing.dispose();
  });
});
