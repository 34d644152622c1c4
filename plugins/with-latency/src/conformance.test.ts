import { sha256Hex } from '@archer-nas/core';
import { describePackage, describeSearchSpace, temporaryFiles } from '@archer-nas/testkit';
import plugin from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin] };
const bits = [0, 1, 2, 3].flatMap((bit) => [`bit${bit},0,0`, `bit${bit},1,${bit + 0.5}`]);
const table = ['decision,option,milliseconds', 'base,,2', ...bits, ''].join('\n');
const folder = temporaryFiles({ 'latency.csv': table });

describePackage(kit);

describeSearchSpace({
  ...kit,
  space: {
    ...{ use: 'with-latency', file: `${folder}/latency.csv`, sha256: sha256Hex(table) },
    space: { use: 'toy-bits', bits: 4 },
  },
  malformed: ['012', '01010'],
});
