// @ts-check
// The network of a job and the gates of its paths, as a search would get them.
import { tf } from '@archer-nas/engine';
import { pathGates } from '@archer-nas/nn';
import space, { cellOf, OPERATIONS } from '@archer-nas/space-nas-bench-201';
import { separableNetwork } from './separable-network.mjs';

/**
 * @typedef {import('@archer-nas/nn').Network} Network
 * @typedef {import('@archer-nas/nn').Gate} Gate
 */

/**
 * NAS-Bench-201's supernet with its default options where it has the operations.
 * @param {any} job
 * @returns {Promise<{ network: Network, gates: Gate[][] }>} gates by path
 */
export async function networkOf(job) {
  const { paths, channels, cells, classes, image } = job;
  const known = paths.flat().every((/** @type {any} */ name) => OPERATIONS.includes(name));
  if (!known) return { network: separableNetwork(job, paths[0]), gates: [[]] };
  const options = space.options.parse({ channels, cells });
  const made = await /** @type {any} */ (space).create(options, {});
  const network = made.supernet({ classes, image: { height: image, width: image, channels: 3 } });
  const gates = paths.map((/** @type {any[]} */ names) => {
    const cell = cellOf(names.map((name) => OPERATIONS.indexOf(name)));
    return pathGates(made.path(cell, network));
  });
  return { network, gates };
}

/**
 * Floating-point operations of one image's forward pass, two per multiply-add of convolutions and
 * classifier: read off the trace of a pass with running statistics, which fuses nothing.
 * @param {Network} network @param {Gate[]} gates
 * @param {import('@archer-nas/nn').ParameterSource} parameters
 */
export function forwardFlops(network, gates, parameters) {
  let flops = 0;
  const trace = {
    /** @param {string} op @param {readonly tf.Tensor[]} inputs @param {tf.Tensor} output */
    record(op, [, weight], output) {
      const [height = 0, width = 0, inputs = 0] = weight?.shape ?? [];
      if (op === 'conv2d') flops += 2 * height * width * inputs * output.size;
      if (op === 'depthwiseConv2d') flops += 2 * height * width * output.size;
      if (op === 'linear') flops += 2 * height * output.size;
    },
  };
  const statistics = {
    /** @param {string} _name @param {number} channels */
    get: (_name, channels) => ({ mean: tf.zeros([channels]), variance: tf.ones([channels]) }),
    update() {},
  };
  const { height, width, channels } = network.image;
  tf.tidy(() => {
    const image = tf.zeros([1, height, width, channels]);
    const forward = /** @type {any} */ ({ parameters, batchNorm: 'running', statistics, trace });
    network.forward(/** @type {any} */ (image), gates, forward);
  });
  return flops;
}
