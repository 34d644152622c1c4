import { describeModifier, describePackage } from '@archer-nas/testkit';
import plugin from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin] };

describePackage(kit);

describeModifier({
  ...kit,
  variant: 'first stage',
  modifier: { use: 'p-darts', cells: [1, 2], keep: [1], dropout: [0.4, 0.7] },
});
describeModifier({
  ...kit,
  variant: 'last stage',
  modifier: { use: 'p-darts', cells: [1], keep: [], dropout: [0.4], skips: 0 },
});
