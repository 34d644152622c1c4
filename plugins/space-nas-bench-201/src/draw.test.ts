import { expect, it } from 'vitest';

import { draw } from './draw.ts';

it('draws the operations of a cell, and no none', () => {
  expect(draw([3, 0, 1, 0, 4, 2])).toEqual([
    {
      name: 'cell',
      nodes: ['0', '1', '2', '3'],
      edges: [
        { from: 0, to: 1, label: 'nor_conv_3x3' },
        { from: 1, to: 2, label: 'skip_connect' },
        { from: 1, to: 3, label: 'avg_pool_3x3' },
        { from: 2, to: 3, label: 'nor_conv_1x1' },
      ],
    },
  ]);
});
