import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { batchReader } from './batches.ts';
import { type ForwardPathsOptions, forwardPaths } from './forward-paths.ts';
import { pathGates } from './gates.ts';
import type { Path } from './network.ts';
import { ParameterStore } from './parameter-store.ts';
import { pathHits } from './path-hits.ts';
import { planPaths } from './path-plan.ts';
import { describeOnEngines } from './testing/engines.ts';
import { layeredNetwork, SKIP } from './testing/layered-network.ts';
import { toyData } from './testing/toy-network.ts';

const LAYERS = 4;
const network = layeredNetwork(LAYERS);
const { pieces } = network;
/** Stem, four layers and classifier alone: six pieces each, 30 in all. */
const paths: Path[] = [
  [1, 1, 2, 2],
  [0, 0, 0, 0],
  [2, 1, 0, 0],
  [0, 0, 0, 1],
  [0, 0, 0, 0],
];
/** One stem; layers from the trie 0-0-0-{0,1}, 1-1-2-2, 2-1-0-0; a classifier per leaf. */
const SHARED = 1 + (1 + 1 + 1 + 2) + 4 + 4 + 4;

describeOnEngines(() => {
  let store: ParameterStore;
  let batch: ReturnType<ReturnType<typeof batchReader>['plain']>;

  beforeAll(() => {
    const data = toyData();
    store = new ParameterStore(network.parameters, createStreams(1));
    batch = batchReader(data, data.open('train')).plain(
      Int32Array.from({ length: 9 }, (_, i) => i),
    );
  });
  afterAll(() => {
    store.dispose();
    batch.dispose();
  });

  /** Logits by path in the paths' order, and the names of the pieces that were run. */
  function scored(list: readonly Path[], options: ForwardPathsOptions = {}) {
    const runs: string[] = [];
    const plan = planPaths(pieces, list);
    const forward = { parameters: store, batchNorm: 'batch' } as const;
    const onRun = ({ name }: { readonly name: string }) => void runs.push(name);
    const all = forwardPaths(pieces, plan, batch.images, forward, { ...options, onRun });
    const logits: number[][] = [];
    let at = 0;
    for (const one of all) logits[plan.order[at++] as number] = [...one.dataSync()];
    return { logits, runs };
  }

  it('gives each path the bits that it has alone and in a forward pass', () => {
    const { logits } = scored(paths);
    expect(logits).toEqual(paths.map((path) => scored([path]).logits[0]));
    const forward = { parameters: store, batchNorm: 'batch' } as const;
    const plain = paths.map((path) =>
      tf.tidy(() => [...network.forward(batch.images, pathGates(path), forward).dataSync()]),
    );
    expect(logits).toEqual(plain);
    expect(new Set(logits.map(String)).size).toBe(4);
  });

  it('runs each layer once per beginning that paths have in common', () => {
    const { runs } = scored(paths);
    expect(runs.length).toBe(SHARED);
    expect(runs.filter((name) => name === 'layer3').length).toBe(4);
    expect(planPaths(pieces, paths).results.length).toBe(SHARED);
    expect(paths.flatMap((path) => scored([path]).runs).length).toBe(30);
  });

  it('runs nothing for what only hands its input through', () => {
    // 1 after a skip is the same layer 1 for both; skips at the end leave one classifier.
    const skipping = [
      [SKIP, 1, SKIP, SKIP],
      [SKIP, 1, SKIP, 2],
    ];
    expect(scored(skipping).runs).toEqual(['stem', 'layer1', 'layer3', 'head', 'head']);
    expect(scored([[SKIP, SKIP, SKIP, SKIP]]).runs).toEqual(['stem', 'head']);
  });

  it('computes again what the memory for sharing does not hold, with the same bits', () => {
    const map = 4 * 9 * 3 * 3 * 4;
    const free = scored(paths);
    const none = scored(paths, { sharedBytes: 0 });
    expect(none.runs.length).toBe(30);
    expect(none.logits).toEqual(free.logits);
    // One map: after 0-0-0-0 its beginning 0-0-0 stays, and the stem, needed last, goes.
    const one = scored(paths, { sharedBytes: map });
    expect(one.logits).toEqual(free.logits);
    expect(one.runs.length).toBeGreaterThan(SHARED);
    expect(one.runs.length).toBeLessThan(30);
    const most = scored(paths, { sharedBytes: 100 * map });
    expect(most.runs.length).toBe(SHARED);
  });

  it('holds no more than it may between two paths, and nothing afterwards', () => {
    const before = tf.memory().numBytes;
    const plan = planPaths(pieces, paths);
    const forward = { parameters: store, batchNorm: 'batch' } as const;
    const options = { sharedBytes: 2 * 4 * 9 * 3 * 3 * 4 };
    const logits = 4 * 9 * 3;
    for (const one of forwardPaths(pieces, plan, batch.images, forward, options)) {
      // What is waiting, what this path has just made beyond it, and the logits.
      expect(tf.memory().numBytes - before).toBeLessThanOrEqual(2 * options.sharedBytes + logits);
      expect(one.shape).toEqual([9, 3]);
    }
    expect(tf.memory().numBytes).toBe(before);
    for (const _ of forwardPaths(pieces, plan, batch.images, forward)) break;
    expect(tf.memory().numBytes).toBe(before);
  });

  it('runs as many layers as the trie of random paths has nodes', () => {
    const stream = createStreams(4).stream('paths');
    const random = Array.from({ length: 40 }, () => [0, 1, 2, 3].map(() => stream.int(SKIP)));
    const beginnings = new Set(
      random.flatMap((path) => [1, 2, 3, 4].map((length) => path.slice(0, length).join())),
    );
    const leaves = new Set(random.map(String)).size;
    expect(planPaths(pieces, random).results.length).toBe(1 + beginnings.size + leaves);
  });

  it('counts hits in the order of the paths, and stops between two of them', async () => {
    const shared = await pathHits(network, store, paths).of(batch);
    const { pieces: _, ...plain } = network;
    expect(shared).toEqual(await pathHits(plain, store, paths).of(batch));
    const before = tf.memory().numTensors;
    const controller = new AbortController();
    const hits = pathHits(network, store, paths, { onRun: () => controller.abort() });
    await expect(hits.of(batch, controller.signal)).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(before);
  });
});
