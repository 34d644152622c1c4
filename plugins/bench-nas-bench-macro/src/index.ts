import { choiceSpace, definePlugin, type Plugin } from '@archer-nas/core';
import { tablePlugin } from '@archer-nas/tabular';
import { z } from 'zod';

import { chainSpec } from './chain.ts';
import { COSTS } from './costs.ts';
import { NAS_BENCH_MACRO } from './definition.ts';

const space = definePlugin({
  id: 'nas-bench-macro',
  kind: 'space',
  summary: 'NAS-Bench-Macro: three blocks in each of eight layers, 6,561 architectures.',
  options: z.strictObject({}),
  provides: ['notation:nas-bench-macro', 'costs'],
  create: () => choiceSpace(chainSpec(COSTS)),
});

const benchmark = tablePlugin({
  definition: NAS_BENCH_MACRO,
  summary: 'NAS-Bench-Macro: three test accuracies of all 6,561 networks on CIFAR-10.',
  column: 'test_mean',
});

const plugins = [space as unknown as Plugin, benchmark];
export default plugins;
export {
  BLOCKS,
  type Chain,
  canonicalChain,
  chainSpec,
  formatChain,
  parseChain,
} from './chain.ts';
export { COSTS } from './costs.ts';
export { NAS_BENCH_MACRO } from './definition.ts';
