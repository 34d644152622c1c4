import { describePackage, describePreset } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

for (const variant of ['paper', 'released', 'released-micro', 'nas-bench-201']) {
  describePreset({ ...kit, variant, preset: { kind: 'strategy', use: 'enas', variant } });
}

for (const variant of ['paper', 'corrected']) {
  const preset = { kind: 'strategy', use: 'enas-language', variant } as const;
  describePreset({ ...kit, variant, preset });
}
