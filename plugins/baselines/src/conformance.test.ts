import { describePackage, describeSampler } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };
const small = { ...kit, rounds: 10, batch: 3, space: { use: 'toy-bits', bits: 8 } };

describePackage(kit);

describeSampler({ ...small, sampler: { use: 'grid' } });
describeSampler({
  ...small,
  variant: 'lexicographic',
  sampler: { use: 'grid', order: 'lexicographic' },
});
describeSampler({ ...small, sampler: { use: 'local-search' } });
describeSampler({
  ...small,
  variant: 'steepest',
  sampler: { use: 'local-search', move: 'steepest' },
});
describeSampler({ ...small, sampler: { use: 'narrowing', samples: 6 } });
describeSampler({
  ...small,
  variant: 'by the best',
  sampler: { use: 'narrowing', samples: 6, score: 'best' },
});
