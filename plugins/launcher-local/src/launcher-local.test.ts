import { describeLauncher } from '@archer-nas/testkit';
import { localLauncher } from './local-launcher.ts';

describeLauncher('local', { create: localLauncher });
