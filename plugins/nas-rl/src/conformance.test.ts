import { describePackage, describePreset, describeSampler } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };
const lstm = { kind: 'lstm', units: 4, bound: 0.5 };

describePackage(kit);

describeSampler({
  ...kit,
  sampler: { use: 'controller', policy: lstm, learning: { lr: 0.1 } },
});
describeSampler({
  ...kit,
  variant: 'factorised, in batches, by PPO',
  sampler: {
    use: 'controller',
    policy: { kind: 'factorised' },
    learning: { lr: 0.3, batch: 3, estimator: 'ppo', passes: 2, entropy: { form: 'gradient' } },
  },
});

describePreset({ ...kit, preset: { kind: 'strategy', use: 'nas-rl', evaluations: 7 } });
describePreset({
  ...kit,
  variant: 'factorised',
  preset: {
    kind: 'strategy',
    use: 'nas-rl',
    policy: { kind: 'factorised' },
    learning: { lr: 0.01, baseline: { decay: 0.9, start: 'corrected' } },
    reward: { power: 1 },
  },
});
