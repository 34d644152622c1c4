import { describeDataSet, describePackage, temporaryFiles } from '@archer-nas/testkit';
import { FAKE, FAKE_FILES, fakeBin } from '../test/fake-cifar.ts';
import { type Cifar10Options, cifar10 } from './cifar10.ts';
import plugin from './index.ts';
import { binName } from './layout.ts';

const folder = temporaryFiles(
  Object.fromEntries(FAKE_FILES.map((file) => [binName(file), fakeBin(file.name)])),
);
/** The same plugin, whose files have four images instead of 10,000. */
const small = { ...plugin, create: (options: Cifar10Options) => cifar10(options, folder, FAKE) };
const kit = { package: new URL('..', import.meta.url), plugins: [small as never] };

describePackage({ ...kit, plugins: plugin });

describeDataSet({ ...kit, data: { use: 'cifar10', batch: 4 } });
describeDataSet({
  ...kit,
  variant: 'full',
  data: { use: 'cifar10', split: 'full', images: { train: 5 } },
});
