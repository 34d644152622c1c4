import { describeModifier, describePackage } from '@archer-nas/testkit';
import plugin from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin] };

describePackage(kit);

describeModifier({ ...kit, modifier: { use: 'r-darts' } });
