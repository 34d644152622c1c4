import { describePackage, describeStudy } from '@archer-nas/testkit';
import plugins from './index.ts';
import { toySelecting } from './testing/toy-selecting.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [...plugins, ...toySelecting] };

describePackage({ ...kit, plugins });

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
describeStudy({
  ...kit,
  strategy: { use: 'toy-selecting' },
  study: { use: 'beside-random', sample: 5, batches: 1 },
});
