import { describePackage } from '@archer-nas/testkit';
import plugins from './index.ts';

describePackage({ package: new URL('..', import.meta.url), plugins });
