// @ts-check
// Cells with DARTS's separable and dilated convolutions on NAS-Bench-201's skeleton, made of nn's
// layers. No space has them yet; when one does, this file gives way to it.
import * as nn from '@archer-nas/nn';

/**
 * @typedef {import('@archer-nas/nn').Forward} Forward
 * @typedef {import('@archer-nas/nn').ParameterSpec} ParameterSpec
 * @typedef {Parameters<typeof nn.avgPool2x2>[0]} FeatureMap
 * @typedef {{
 *   readonly parameters: readonly ParameterSpec[],
 *   run(x: FeatureMap, forward: Forward): FeatureMap,
 * }} Layer
 * @typedef {import('@archer-nas/nn').MapSum} MapSum
 * @typedef {{
 *   readonly parameters: readonly ParameterSpec[],
 *   run(x: FeatureMap, forward: Forward, sum: MapSum): FeatureMap,
 * }} Operation may take the sum that its result joins, and include it
 */

const STAGES = 3;

/**
 * @param {{ cells: number, channels: number, classes: number, image: number }} size
 * @param {readonly string[]} operations one per edge; no `none`
 * @returns {import('@archer-nas/nn').Network}
 */
export function separableNetwork({ cells, channels, classes, image }, operations) {
  const blocks = [stem(channels)];
  for (let stage = 0, width = channels; stage < STAGES; stage++, width *= 2) {
    if (stage > 0) blocks.push(reduction(`reduction${stage}`, width / 2));
    for (let i = 0; i < cells; i++) blocks.push(cell(`cell${stage}.${i}`, width, operations));
  }
  const last = channels * 2 ** (STAGES - 1);
  return {
    classes,
    image: { height: image, width: image, channels: 3 },
    sites: [],
    parameters: [
      ...blocks.flatMap(({ parameters }) => parameters),
      ...nn.linearParameters('head.linear', last, classes),
    ],
    forward(images, _gates, forward) {
      const x = blocks.reduce((map, block) => block.run(map, forward), images);
      const active = nn.relu(nn.batchNorm(x, forward, 'head.norm'), forward);
      return nn.linear(nn.globalAveragePool(active, forward), forward, 'head.linear', classes);
    },
  };
}

/** @param {number} outputs @returns {Layer} */
function stem(outputs) {
  const options = { outputs, kernel: 3, padding: 1 };
  return {
    parameters: nn.conv2dParameters('stem.conv', 3, options),
    run: (x, forward) =>
      nn.batchNorm(nn.conv2d(x, forward, 'stem.conv', options), forward, 'stem.norm'),
  };
}

/** @param {string} name @param {number} from @returns {Layer} */
function reduction(name, from) {
  const outputs = 2 * from;
  const first = { outputs, kernel: 3, stride: 2, padding: 1 };
  const second = { outputs, kernel: 3, padding: 1 };
  const shortcut = { outputs, kernel: 1 };
  return {
    parameters: [
      ...nn.reluConvBnParameters(`${name}.first`, from, first),
      ...nn.reluConvBnParameters(`${name}.second`, outputs, second),
      ...nn.conv2dParameters(`${name}.shortcut`, from, shortcut),
    ],
    run(x, forward) {
      const half = nn.reluConvBn(x, forward, `${name}.first`, first);
      const residual = nn.reluConvBn(half, forward, `${name}.second`, second);
      const pooled = nn.avgPool2x2(x, forward);
      const short = nn.conv2d(pooled, forward, `${name}.shortcut`, shortcut);
      return sum([short, residual], forward);
    },
  };
}

/** @param {string} name @param {number} channels @param {readonly string[]} operations @returns {Layer} */
function cell(name, channels, operations) {
  const edges = operations.map((op, edge) => operation(op, `${name}.edge${edge}`, channels));
  return {
    parameters: edges.flatMap(({ parameters }) => parameters),
    run(x, forward) {
      const node = (/** @type {[number, FeatureMap][]} */ ...inputs) => {
        const sum = new nn.MapSum(forward);
        for (const [edge, map] of inputs) {
          const y = /** @type {Operation} */ (edges[edge]).run(map, forward, sum);
          sum.add(y, y !== map);
        }
        return /** @type {FeatureMap} */ (sum.total);
      };
      const second = node([0, x]);
      const third = node([1, x], [2, second]);
      return node([3, x], [4, second], [5, third]);
    },
  };
}

/** @param {string} op @param {string} name @param {number} channels @returns {Operation} */
function operation(op, name, channels) {
  const kernel = Number(op.at(-1));
  if (op === 'skip_connect') return { parameters: [], run: (x) => x };
  if (op === 'avg_pool_3x3') {
    const run = (
      /** @type {FeatureMap} */ x,
      /** @type {Forward} */ forward,
      /** @type {MapSum} */ sum,
    ) => nn.avgPool3x3(x, forward, { addend: sum.take() });
    return { parameters: [], run };
  }
  const spatial = { outputs: channels, kernel };
  const padding = Math.floor(kernel / 2);
  if (op.startsWith('dil_conv')) {
    const options = { ...spatial, dilation: 2, padding: 2 * padding };
    return {
      parameters: nn.separableParameters(name, channels, options),
      run: (x, forward, sum) => nn.separableBlock(x, forward, name, options, sum.take()),
    };
  }
  if (op.startsWith('sep_conv')) {
    const options = { ...spatial, padding };
    return {
      parameters: nn.sepConvParameters(name, channels, options),
      run: (x, forward, sum) => nn.sepConv(x, forward, name, options, sum.take()),
    };
  }
  throw new Error(`The bench has no operation "${op}" of separable cells.`);
}

/** @param {FeatureMap[]} maps @param {Forward} forward @returns {FeatureMap} */
function sum(maps, forward) {
  return /** @type {FeatureMap} */ (nn.addAll(maps, forward));
}
