import { describePackage, describeStudy } from '@archer-nas/testkit';
import plugins from './index.ts';
import { toyPlugins } from './testing/toy-relaxed.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [...plugins, ...toyPlugins] };
const searched = { ...kit, strategy: { use: 'toy-relaxed' }, data: { use: 'toy-images' } };

describePackage({ ...kit, plugins });

describeStudy({
  ...searched,
  study: { use: 'trajectory', truth: { use: 'toy-table', column: 'test_ones' } },
});
describeStudy({ ...searched, study: { use: 'hessian', images: 4 } });
describeStudy({ ...searched, study: { use: 'loss-landscape', points: 3, batch: 2 } });
describeStudy({
  ...searched,
  study: { use: 'discretisation', batch: 4, truth: { use: 'toy-table', column: 'test_ones' } },
});
describeStudy({ ...searched, study: { use: 'inherited' } });
