import { describePackage, describeSearchSpace } from '@archer-nas/testkit';
import plugin from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin] };

describePackage(kit);

describeSearchSpace({
  ...kit,
  space: { use: 'shufflenet' },
  malformed: ['2,1,0', `4${',0'.repeat(19)}`, '0'.repeat(20), `${'0,'.repeat(19)}x`],
});
describeSearchSpace({
  ...kit,
  variant: 'two blocks, CIFAR-10',
  space: {
    use: 'shufflenet',
    channels: [32, 64],
    repeats: [2, 3],
    strides: [1, 1, 2],
    width: 0.5,
    blocks: ['shuffle_3x3', 'xception'],
    costs: { classes: 10, image: 32 },
  },
});
