import { describePackage, describePreset } from '@archer-nas/testkit';
import plugin from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin] };

describePackage(kit);

describePreset({ ...kit, preset: { kind: 'strategy', use: 'spos' } });
describePreset({
  ...kit,
  variant: 'training only',
  preset: { kind: 'strategy', use: 'spos', search: null, epochs: 3 },
});
