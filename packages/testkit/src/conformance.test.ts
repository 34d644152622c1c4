import { describeStrategy } from './strategy-contract.ts';
import toys from './toys.ts';

const kit = { package: new URL('..', import.meta.url), plugins: toys };
const climb = { ...kit, space: { use: 'toy-bits', bits: 8 }, evaluator: { use: 'toy-ones' } };

describeStrategy({ ...climb, strategy: { use: 'toy-climb', rounds: 6 } });
describeStrategy({
  ...climb,
  variant: 'noisy',
  evaluator: { use: 'toy-ones', noise: 1 },
  strategy: { use: 'toy-climb', rounds: 4, stepMs: 1 },
  seed: 1,
});
