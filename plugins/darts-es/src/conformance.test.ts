import { describeModifier, describePackage } from '@archer-nas/testkit';
import plugin from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin] };

describePackage(kit);

describeModifier({
  ...kit,
  variant: 'stopping',
  modifier: { use: 'darts-es', every: 1, window: 1, lag: 1, from: 0 },
});
describeModifier({
  ...kit,
  variant: 'adapting',
  modifier: { use: 'darts-es', every: 1, window: 1, lag: 1, from: 0, adapt: {} },
});
