import { describeDataSet, describePackage, temporaryFiles } from '@archer-nas/testkit';
import { FAKE, fakeFiles } from '../test/fake-svhn.ts';
import plugin from './index.ts';
import { type SvhnOptions, svhn } from './svhn.ts';

const folder = temporaryFiles(fakeFiles());
/** The same plugin, whose files have few images. */
const small = { ...plugin, create: (options: SvhnOptions) => svhn(options, folder, FAKE) };
const kit = { package: new URL('..', import.meta.url), plugins: [small as never] };

describePackage({ ...kit, plugins: plugin });

describeDataSet({ ...kit, data: { use: 'svhn', folder, batch: 2 } });
describeDataSet({
  ...kit,
  variant: 'full',
  data: { use: 'svhn', folder, split: 'full', images: { train: 5 }, cutout: 16 },
});
