import { describeBenchmark } from './benchmark-contract.ts';
import { describeEvaluator } from './evaluator-contract.ts';
import { describeObjective } from './objective-contract.ts';
import { describePackage } from './package-contract.ts';
import { describeSearchSpace } from './space-contract.ts';
import { describeStrategy } from './strategy-contract.ts';
import toys from './toys.ts';

const kit = { package: new URL('..', import.meta.url), plugins: toys };
const climb = { ...kit, space: { use: 'toy-bits', bits: 8 }, evaluator: { use: 'toy-ones' } };

describePackage(kit);

describeSearchSpace({
  ...kit,
  space: { use: 'toy-bits', bits: 6 },
  malformed: ['00000', '0000000', '00000x', '000002'],
});

describeEvaluator({ ...kit, evaluator: { use: 'toy-ones' } });
describeEvaluator({ ...kit, variant: 'noisy', evaluator: { use: 'toy-ones', noise: 1 } });

describeBenchmark({ ...kit, benchmark: { use: 'toy-table' } });

describeObjective({ ...kit, objective: { use: 'toy-pair' } });
describeObjective({ ...kit, variant: 'limited', objective: { use: 'toy-pair', most: 6 } });

describeStrategy({ ...climb, strategy: { use: 'toy-climb', rounds: 6 } });
describeStrategy({
  ...climb,
  variant: 'noisy',
  evaluator: { use: 'toy-ones', noise: 1 },
  strategy: { use: 'toy-climb', rounds: 4, stepMs: 1 },
  seed: 1,
});
