import { describePackage, describeSampler } from '@archer-nas/testkit';
import plugins from './index.ts';
import { foldedBits } from './testing/folded-bits.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [...plugins, foldedBits] };
const small = { ...kit, rounds: 10, batch: 3 };
const front = { ...small, objective: { use: 'toy-pair' } };

describePackage({ ...kit, plugins });

describeSampler({
  ...small,
  sampler: { use: 'regularised-evolution', population: 5, sample: 2 },
});
describeSampler({
  ...small,
  variant: 'without replacement',
  sampler: { use: 'regularised-evolution', population: 5, sample: 2, replacement: false },
});
describeSampler({ ...small, sampler: { use: 'large-scale-evolution', population: 5 } });
describeSampler({ ...small, sampler: { use: 'one-plus-lambda', lambda: 3 } });
describeSampler({
  ...small,
  variant: 'neutral',
  space: { use: 'folded-bits', bits: 6 },
  sampler: { use: 'one-plus-lambda', lambda: 3, neutral: true, ties: 'parent' },
});
describeSampler({
  ...front,
  sampler: { use: 'nsga-2', population: 6, offspring: 4, attempts: 50 },
});
describeSampler({
  ...front,
  variant: 'uniform crossover',
  sampler: { use: 'nsga-2', population: 6, offspring: 4, crossover: 'uniform', mutationRate: 0.3 },
});
describeSampler({
  ...front,
  sampler: { use: 'inverse-density', initial: 4, children: 8, accepted: 3 },
});
describeSampler({
  ...small,
  sampler: {
    use: 'constrained-top-k',
    population: 6,
    parents: 3,
    mutations: 2,
    crossovers: 2,
    generations: 4,
    constraint: { params: 15 },
  },
  legal: (bits: readonly number[]) =>
    bits.reduce((params, bit, i) => params + bit * (i + 1), 0) <= 15,
});
describeSampler({
  ...small,
  sampler: { use: 'evolution', population: 6, parents: 3, mutations: 2, crossovers: 2 },
});
describeSampler({
  ...small,
  sampler: { use: 'perturbation', random: 8, perturbed: 6, chain: 12, probability: 0.2 },
});
