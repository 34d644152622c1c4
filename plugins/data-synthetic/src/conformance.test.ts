import { describeDataSet, describePackage } from '@archer-nas/testkit';
import plugin from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin] };

describePackage(kit);

describeDataSet({ ...kit, data: { use: 'synthetic', train: 12, valid: 6, test: 6, batch: 4 } });
describeDataSet({
  ...kit,
  variant: 'grey, another seed',
  data: { use: 'synthetic', train: 5, valid: 3, test: 2, channels: 1, classes: 7, seed: 3 },
});
