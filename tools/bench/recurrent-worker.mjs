// @ts-check
// Training steps of one path of the enas-rnn supernet, in the packages of a checkout. Prints the sum of
// the losses and the median of tokens per second of processor time.
//
//   node recurrent-worker.mjs ROOT '{"nodes": 8, "width": 64, …}'
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { median } from './statistics.mjs';

const [root = '', text = ''] = process.argv.slice(2);
const { nodes, width, lanes, vocabulary, window, cell, steps, warmUp } = JSON.parse(text);
const of = (/** @type {string} */ path) =>
  import(pathToFileURL(join(root, path, 'dist/index.js')).href);
const { createStreams } = await of('packages/core');
const { startEngine } = await of('packages/engine');
const nn = await of('packages/nn');
const { default: plugin } = await of('plugins/space-enas-rnn');

await startEngine({ threads: 1 });
const none = { words: 0, embedded: 0, input: 0, hidden: 0, output: 0 };
const options = { nodes, width, dropout: none };
const space = await plugin.create(plugin.options.parse(options), {});
const supernet = space.supernet({ vocabulary });
const choices = cell.flat().slice(1);
const gates = nn.pathGates(space.path(space.parse(choices.join(' ')), supernet));
const store = new nn.ParameterStore(supernet.parameters, createStreams(1));
const sgd = new nn.Sgd(store, { momentum: 0 });
const tokens = Int32Array.from({ length: lanes * (window + 1) }, (_, i) => (i * i) % vocabulary);
const train = { name: 'train', size: tokens.length, tokens };
const batches = new nn.TokenBatches(train, { lanes, window });

let loss = 0;
const rates = Array.from({ length: warmUp + steps }, (_, step) => {
  const begin = process.cpuUsage();
  const batch = batches.at(step);
  const result = nn.lossAndGradients(supernet, store, gates, batch, { training: true });
  const norm = nn.globalNorm(nn.gradientNorms(result.gradients));
  sgd.step(result.gradients, { learningRate: 1, scale: nn.clipCoefficient(norm, 0.25) });
  loss += result.loss.dataSync()[0];
  result.dispose();
  batch.dispose();
  const { user, system } = process.cpuUsage(begin);
  return (1e6 * lanes * window) / (user + system);
});
console.log(JSON.stringify({ loss, tokensPerSecond: median(rates.slice(warmUp)) }));
