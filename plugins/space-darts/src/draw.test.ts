import { expect, it } from 'vitest';

import { RELEASED } from '../test/released.ts';
import { draw } from './draw.ts';
import { parseGenotype } from './genotype.ts';

it('draws both cells of DARTS_V2: eight operations and the concatenation', () => {
  const [normal, reduce] = draw(parseGenotype(RELEASED.DARTS_V2));
  expect([normal?.name, reduce?.name]).toEqual(['normal', 'reduce']);
  expect(normal?.nodes).toEqual(['k−2', 'k−1', '2', '3', '4', '5', 'k']);
  const text = normal?.edges.map(({ from, to, label }) => `${from}${to} ${label}`);
  expect(text).toEqual([
    ...['02 sep_conv_3x3', '12 sep_conv_3x3', '03 sep_conv_3x3', '13 sep_conv_3x3'],
    ...['04 skip_connect', '14 sep_conv_3x3', '05 skip_connect', '25 dil_conv_3x3'],
    ...['26 ', '36 ', '46 ', '56 '],
  ]);
  expect(reduce?.edges[0]).toEqual({ from: 0, to: 2, label: 'max_pool_3x3' });
});
