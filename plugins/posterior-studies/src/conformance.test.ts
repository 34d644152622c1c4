import { describePackage, describeStudy } from '@archer-nas/testkit';
import plugins from './index.ts';
import { toyPlugins } from './testing/toy-signs.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [...plugins, ...toyPlugins] };

describePackage({ ...kit, plugins });

describeStudy({
  ...kit,
  strategy: { use: 'toy-shared' },
  data: { use: 'toy-images' },
  study: { use: 'posterior', counts: [1, 2], epochs: 1, batch: 2 },
});
