import { describePackage, describeStudy } from '@archer-nas/testkit';
import plugin from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin] };

describePackage(kit);

describeStudy({
  ...kit,
  study: { use: 'retrain', truth: { use: 'toy-table', column: 'test_ones' } },
});
describeStudy({
  ...kit,
  variant: 'all, in steps',
  study: {
    use: 'retrain',
    architectures: 'all',
    truth: { use: 'toy-ones', noise: 1 },
    choice: { use: 'toy-ones' },
  },
});
