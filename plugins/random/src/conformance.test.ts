import { describePackage, describePreset, describeSampler } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describeSampler({ ...kit, sampler: { use: 'random' }, space: { use: 'toy-bits', bits: 5 } });
describeSampler({ ...kit, variant: 'with repeats', sampler: { use: 'random', repeats: true } });

describePreset({ ...kit, preset: { kind: 'strategy', use: 'random', evaluations: 7, workers: 2 } });
