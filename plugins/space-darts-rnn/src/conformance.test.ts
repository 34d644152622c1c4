import { describePackage, describeSearchSpace } from '@archer-nas/testkit';
import plugin from './index.ts';
import { toyCorpus } from './testing/toy-corpus.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin, toyCorpus] };

describePackage({ ...kit, plugins: plugin });

describeSearchSpace({
  ...kit,
  data: { use: 'toy-corpus' },
  space: { use: 'darts-rnn', width: 4 },
  malformed: ['Genotype(recurrent=[], concat=range(1, 9))', "Genotype(normal=[('relu', 0)])"],
});
