import { describeObjective, describePackage } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };
const shares = { ones: [0.2, 0.5, 0.9], params: [5, 10, 20] };

describePackage(kit);

describeObjective({ ...kit, objective: { use: 'single' } });
describeObjective({
  ...kit,
  variant: 'minimised under limits',
  objective: { use: 'single', metric: 'params', most: { params: 9 }, least: { ones: 2 } },
});
describeObjective({ ...kit, objective: { use: 'pareto', metrics: ['ones', 'params'] } });
describeObjective({
  ...kit,
  variant: 'under a limit',
  objective: { use: 'pareto', metrics: ['ones', 'params'], most: { params: 12 } },
});
describeObjective({
  ...kit,
  values: shares,
  objective: { use: 'mnasnet', cost: 'params', target: 10 },
});
describeObjective({
  ...kit,
  variant: 'hard',
  values: shares,
  objective: { use: 'mnasnet', cost: 'params', target: 10, form: 'hard' },
});
describeObjective({ ...kit, values: shares, objective: { use: 'rena', most: { params: 10 } } });
describeObjective({ ...kit, values: shares, objective: { use: 'amc', cost: 'params' } });
