import { describePackage, describeSearchSpace } from '@archer-nas/testkit';
import plugin from './index.ts';
import { toyCorpus } from './testing/toy-corpus.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin, toyCorpus] };

describePackage({ ...kit, plugins: plugin });

describeSearchSpace({
  ...kit,
  data: { use: 'toy-corpus' },
  space: { use: 'enas-rnn', width: 4 },
  malformed: ['0 0 1', '0 2 1 0 2 1 2 2 4 0 5 0 3 2 6 2', 'tanh'],
});
describeSearchSpace({
  ...kit,
  variant: 'small',
  data: { use: 'toy-corpus' },
  space: { use: 'enas-rnn', width: 4, nodes: 4 },
  isomorphic: [
    ['0 0 1 0 2 1 3', '0 0 2 0 1 2 3'],
    ['1 0 0 1 1 0 2', '1 0 2 0 0 2 1'],
  ],
});
describeSearchSpace({
  ...kit,
  variant: 'as the corrected code',
  data: { use: 'toy-corpus' },
  space: { use: 'enas-rnn', width: 4, nodes: 9, first: 'tanh', output: 'all' },
  malformed: ['0 2 1 0 2 1 2 2 4 0 5 0 3 2 6', '0 2 1 0 2 1 2 2 4 0 5 0 3 2 9 2'],
});
