import { describePackage, describePreset } from '@archer-nas/testkit';
import plugin from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin] };

describePackage(kit);

for (const variant of ['paper', 'released', 'released-micro', 'nas-bench-201']) {
  describePreset({ ...kit, variant, preset: { kind: 'strategy', use: 'enas', variant } });
}
