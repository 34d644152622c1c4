import { describePackage } from '@archer-nas/testkit';
import plugin from './index.ts';

describePackage({ package: new URL('..', import.meta.url), plugins: [plugin] });
