import { createStreams } from '@archer-nas/core';
import { optionCounts } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';

import { formatCell, parseCell } from './cell.ts';
import { definitionOf, SPACES } from './definition.ts';
import { derive, inputsOf, nodeSites, pathOf } from './node-sites.ts';
import { oneShotSpace } from './space.ts';
import { cellSupernet } from './supernet.ts';

const TASK = { classes: 10, image: { height: 32, width: 32, channels: 3 } };
const size = { channels: 2, cells: 1 };
const row = (...weights: number[]) => Float64Array.from(weights);

describe('derive', () => {
  const operations = [row(1, 0, 0), row(0, 1, 0), row(0, 0, 1), row(0.3, 0.3, 0.4)];

  it('keeps the heaviest operation, and as many of the heaviest inputs as the space says', () => {
    const output = row(0.1, 0.3, 0.1, 0.3, 0.2);
    const inputs = [row(0.2, 0.5, 0.3), row(0.4, 0.3, 0.2, 0.1)];
    expect(derive([...operations, output, ...inputs], 'each', definitionOf(1))).toEqual({
      graph: [[], [0], [0, 1], [1, 2], [0, 1], [1, 3]],
      operations: [0, 1, 2, 2],
    });
  });

  it('keeps three inputs of the output in space 2, one of node 2', () => {
    const output = row(0.1, 0.3, 0.1, 0.3, 0.2);
    const inputs = [row(0.4, 0.6), row(0.2, 0.5, 0.3), row(0.4, 0.3, 0.2, 0.1)];
    expect(derive([...operations, output, ...inputs], 'each', definitionOf(2)).graph).toEqual([
      ...[[], [0], [1], [1, 2], [0, 1], [1, 3, 4]],
    ]);
  });

  it('takes the first of equal weights', () => {
    for (const number of SPACES) {
      const definition = definitionOf(number);
      const sites = nodeSites(definition, 'each');
      const { graph, operations } = derive(
        sites.map(({ options }) => new Float64Array(options.length).fill(0.5)),
        'each',
        definition,
      );
      expect(graph).toEqual(definition.parentSets.map(([first]) => first));
      expect(new Set(operations)).toEqual(new Set([0]));
    }
  });

  it.each(SPACES)('gives cells of NAS-Bench-101 in space %i (check 7)', (number) => {
    const definition = definitionOf(number);
    for (const by of ['each', 'sets'] as const) {
      const counts = nodeSites(definition, by).map(({ options }) => options.length);
      for (let i = 0; i < 50; i++) {
        const stream = createStreams(i).stream('weights');
        const cell = derive(
          counts.map((length) => Float64Array.from({ length }, () => stream.float())),
          by,
          definition,
        );
        const text = formatCell(cell, definition);
        expect(parseCell(text, definition)).toEqual(cell);
        const [edges = ''] = text.split(':');
        expect(Array.from(edges).filter((digit) => digit === '1')).toHaveLength(9);
        if (number < 3) expect(edges.slice(10, 15) + edges[20]).toBe('000000');
      }
    }
  });
});

describe('the path of a cell', () => {
  it.each(SPACES)(
    'stands for it: deriving from its options gives it again (space %i)',
    (number) => {
      const definition = definitionOf(number);
      const space = oneShotSpace(number);
      for (const inputs of ['each', 'sets'] as const) {
        const { sites } = cellSupernet(definition, size, { ...TASK, inputs });
        expect(inputsOf(sites)).toBe(inputs);
        for (let i = 0; i < 20; i++) {
          const cell = space.sample(createStreams(i).stream('cell'));
          const path = pathOf(cell, sites, definition);
          const own = sites.length / 3;
          expect(path.slice(own, 2 * own)).toEqual(path.slice(0, own));
          const rows = optionCounts(sites).map((length, decision) => {
            const taken = [path[decision] ?? -1].flat();
            return Float64Array.from({ length }, (_, option) => Number(taken.includes(option)));
          });
          expect(derive(rows, inputs, definition)).toEqual(cell);
        }
      }
    },
  );
});
