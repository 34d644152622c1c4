import { describePackage, describeSearchSpace } from '@archer-nas/testkit';
import plugin from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin] };

describePackage(kit);

describeSearchSpace({
  ...kit,
  space: { use: 'mobile' },
  malformed: [
    'k3_e6',
    `skip${' k3_e3'.repeat(20)}`,
    `k3_e3${' k3_e4'.repeat(20)}`,
    'k3_e3'.repeat(21),
  ],
});
describeSearchSpace({
  ...kit,
  variant: 'nineteen candidates, CIFAR-10',
  space: {
    use: 'mobile',
    skeleton: 'pc-nas-large',
    width: 0.25,
    strides: [1, 1, 2, 2, 1, 2, 1],
    costs: { classes: 10, image: 32 },
  },
});
