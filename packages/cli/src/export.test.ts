import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archer, archerJson, makeFolder, manifestOf } from '../test/archer.ts';

const out = makeFolder();
const folder = join(out, 'smoke', 'seed-0');

beforeAll(async () => {
  const search = ['--profile', 'smoke', '--set', 'study=[]', '--out', out];
  await archer('run', manifestOf('pada-nb201'), ...search);
}, 60_000);
afterAll(() => rmSync(out, { recursive: true, force: true }));

interface Model {
  readonly format: string;
  readonly modelTopology: object;
  readonly signature: object;
  readonly weightsManifest: readonly { readonly weights: readonly object[] }[];
}

describe('export', () => {
  it('writes the best architecture in the notation of the space', async () => {
    const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'));
    const { code, value } = await archerJson('export', folder, '--best', '--to', 'genotype');
    const best = result.search.best[0].architecture;
    expect(code).toBe(0);
    expect(value).toMatchObject({ architecture: best, files: ['genotype.txt'] });
    const file = join(folder, 'exports', 'genotype', 'genotype.txt');
    expect(readFileSync(file, 'utf8')).toBe(`${best}\n`);
  });

  it.each([
    ['--best=false', 'Without the best, nothing is left.'],
    ['--best --architecture x', '--best and --architecture are two.'],
  ])('asks which with %s', async (words, message) => {
    const { code, err } = await archer('export', folder, ...words.split(' '));
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('draws the cells of the best architecture, and of others that are named', async () => {
    const { code, value } = await archerJson('export', folder, '--to', 'svg');
    expect(code).toBe(0);
    expect(value).toMatchObject({
      files: expect.arrayContaining(['cells.svg', 'chart-search-loss.svg']),
    });
    const cell = '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|avg_pool_3x3~1|none~2|';
    const to = join(out, 'svg');
    const args = ['--to', 'svg', '--out', to, '--architecture', cell];
    expect((await archer('export', folder, ...args)).code).toBe(0);
    const svg = readFileSync(join(to, 'cells.svg'), 'utf8');
    const operations = svg.match(/(?<=class="operation"[^>]*>)[^<]+/g);
    expect(operations).toEqual(['nor_conv_3x3', 'skip_connect', 'avg_pool_3x3']);
  });

  it('writes a graph model that plain TensorFlow.js loads and runs', async () => {
    const to = join(out, 'model');
    expect((await archer('export', folder, '--to', 'tfjs', '--out', to)).code).toBe(0);
    const tf = await import('@tensorflow/tfjs');
    const model = JSON.parse(readFileSync(join(to, 'model.json'), 'utf8')) as Model;
    const weights = readFileSync(join(to, 'weights.bin'));
    const network = await tf.loadGraphModel(
      tf.io.fromMemory({
        ...{ format: model.format, modelTopology: model.modelTopology },
        signature: model.signature,
        weightSpecs: model.weightsManifest.flatMap((group) => group.weights) as never,
        weightData: weights.buffer.slice(
          weights.byteOffset,
          weights.byteOffset + weights.byteLength,
        ) as ArrayBuffer,
      }),
    );
    const [input] = network.inputs;
    expect(input?.shape?.slice(1)).toEqual([8, 8, 3]);
    const images = tf.randomNormal([5, 8, 8, 3], 0, 1, 'float32', 7);
    const logits = network.predict(images) as import('@tensorflow/tfjs').Tensor;
    expect(logits.shape).toEqual([5, 4]);
    const values = await logits.data();
    expect(values.every((value) => Number.isFinite(value))).toBe(true);
    // Another image, another answer: the graph is not a constant.
    expect(new Set(values).size).toBeGreaterThan(4);
  });

  it.each([
    [['--to', 'onnx'], 'It can be exported to: svg, png, csv, latex, genotype, tfjs'],
    [
      ['--to', 'csv', '--architecture', '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|'],
      'Leave out --architecture',
    ],
    [['--architecture', '|conv~0|'], ''],
  ])('refuses %j', async (args, message) => {
    const said = await archer('export', folder, ...args);
    expect(said.code).toBeGreaterThan(0);
    expect(said.err).toContain(message);
    expect(said.err).not.toContain('unexpected error');
  });
});
