import { describeModifier, describePackage } from '@archer-nas/testkit';
import plugin from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin] };

describePackage(kit);

describeModifier({ ...kit, variant: 'rs', modifier: { use: 'sdarts', mode: 'rs' } });
describeModifier({ ...kit, variant: 'adv', modifier: { use: 'sdarts', mode: 'adv' } });
describeModifier({
  ...kit,
  variant: 'strict 2-norm',
  modifier: { use: 'sdarts', mode: 'adv', norm: '2', projection: 'strict' },
});
