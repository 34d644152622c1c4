import { describePackage, describePreset, describeSampler } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };
const space = { use: 'toy-bits', bits: 3 };

describePackage(kit);

describeSampler({
  ...kit,
  space,
  sampler: { use: 'pc-nas', pool: 2, samples: 2 },
  rounds: 16,
});
describeSampler({
  ...kit,
  variant: 'under a limit',
  space,
  sampler: { use: 'pc-nas', pool: 1, samples: 2, constraint: { params: 4 } },
  legal: (bits: readonly number[]) => bits.reduce((sum, bit, i) => sum + bit * (i + 1), 0) <= 4,
  rounds: 16,
});

describePreset({ ...kit, preset: { kind: 'strategy', use: 'pc-nas' } });
describePreset({
  ...kit,
  variant: 'under a latency limit',
  preset: {
    kind: 'strategy',
    use: 'pc-nas',
    latency: { most: 3, table: [[1, 2]] },
    connected: true,
  },
});
