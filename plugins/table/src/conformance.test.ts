import { describeEvaluator, describePackage } from '@archer-nas/testkit';
import plugin from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin] };

describePackage(kit);

describeEvaluator({ ...kit, evaluator: { use: 'table', benchmark: { use: 'toy-table' } } });
describeEvaluator({
  ...kit,
  variant: 'in seconds',
  evaluator: { use: 'table', benchmark: { use: 'toy-table' }, cost: 'seconds', budget: 4 },
});
