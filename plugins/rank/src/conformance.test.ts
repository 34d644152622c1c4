import { describePackage, describeStudy } from '@archer-nas/testkit';
import plugin from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin] };

describePackage(kit);

describeStudy({
  ...kit,
  study: {
    use: 'rank',
    architectures: { sample: 20 },
    truth: { use: 'toy-table', column: 'test_ones' },
    bootstrap: { resamples: 20 },
  },
});
describeStudy({
  ...kit,
  variant: 'noisy scores, in chunks',
  evaluator: { use: 'toy-ones', noise: 1 },
  study: {
    use: 'rank',
    truth: { use: 'toy-ones', perStep: 20 },
    chunk: 9,
    bootstrap: { resamples: 20 },
  },
});
