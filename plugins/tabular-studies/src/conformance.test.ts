import { describePackage, describeStudy } from '@archer-nas/testkit';
import plugins from './index.ts';
import { toyFront } from './testing/toy-front.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [...plugins, toyFront] };
const truth = { use: 'toy-table', column: 'test_ones' };

describePackage({ ...kit, plugins });

describeStudy({ ...kit, study: { use: 'regret', truth } });
describeStudy({ ...kit, study: { use: 'landscape', truth } });
describeStudy({
  ...kit,
  study: { use: 'equal-latency', devices: ['valid_ones'], within: 0.2, truth },
});
describeStudy({ ...kit, study: { use: 'agreement', truth, measures: [{ use: 'toy-ones' }] } });
describeStudy({
  ...kit,
  objective: { use: 'toy-pair' },
  strategy: { use: 'toy-front' },
  study: { use: 'hypervolume', ideal: { ones: 6, params: 0 }, reference: { ones: 0, params: 21 } },
});
