import { describeLauncher, describePackage } from '@archer-nas/testkit';
import { afterAll, beforeAll, describe } from 'vitest';
import { missingForSlurm, type OneNode, PATIENCE_MS, startSlurm } from '../test/one-node.ts';
import plugin from './index.ts';
import { slurmLauncher } from './slurm-launcher.ts';

describePackage({ package: new URL('..', import.meta.url), plugins: plugin });

describe.skipIf(missingForSlurm() !== undefined)('on a Slurm of one node', () => {
  let slurm: OneNode | undefined;
  beforeAll(async () => {
    slurm = await startSlurm(8);
  }, PATIENCE_MS);
  afterAll(() => slurm?.stop());

  const few = { cpus: 1, sbatch: [], setup: [], poll: 0.2 };
  describeLauncher('slurm', {
    create: (options) => slurmLauncher({ ...few, ...options }),
    seconds: 60,
  });
});
