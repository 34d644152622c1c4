import { describeLauncher, describePackage } from '@archer-nas/testkit';
import plugin from './index.ts';
import { localLauncher } from './local-launcher.ts';

describePackage({ package: new URL('..', import.meta.url), plugins: plugin });

describeLauncher('local', { create: localLauncher });
