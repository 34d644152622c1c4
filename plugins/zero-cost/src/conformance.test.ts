import { describeEvaluator, describePackage } from '@archer-nas/testkit';
import plugins from './index.ts';
import { digitCells } from './testing/digit-cells.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [...plugins, digitCells] };

describePackage({ ...kit, plugins });

describeEvaluator({
  ...kit,
  space: { use: 'digit-cells' },
  evaluator: { use: 'mean-field-synflow' },
});
describeEvaluator({ ...kit, evaluator: { use: 'cost' } });
describeEvaluator({
  ...kit,
  variant: 'minimised',
  evaluator: { use: 'cost', name: 'params', direction: 'minimise' },
});
