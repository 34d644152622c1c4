import { createStreams } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';

import { type Cell, canonical, formatCell } from './cell.ts';
import { definitionOf, SPACES, type SpaceNumber } from './definition.ts';
import { allGraphs, graphKey, prunedGraphs, releasedGraphs, usedBlocks } from './graphs.ts';
import { oneShotSpace } from './space.ts';

const cellsOf = (graphs: ReturnType<typeof prunedGraphs>): number =>
  graphs.reduce((sum, graph) => sum + 3 ** usedBlocks(graph), 0);
const choices = (number: SpaceNumber) => [...allGraphs(definitionOf(number))];

describe.each([
  { number: 1, raw: 14_580n, graphs: 66, cells: 3_702, released: 49, found: 2_487 },
  { number: 2, raw: 29_160n, graphs: 190, cells: 12_474, released: 65, found: 3_609 },
  { number: 3, raw: 1_312_200n, graphs: 876, cells: 135_900, released: 234, found: 24_066 },
] as const)('space $number', ({ number, raw, graphs, cells, released, found }) => {
  const definition = definitionOf(number);

  it('has the raw product as its size (check 2)', () => {
    expect(oneShotSpace(number).size).toBe(raw);
  });

  it('has the graphs and cells without loose ends of a full enumeration (section 4)', () => {
    const all = prunedGraphs(definition);
    expect([all.length, cellsOf(all)]).toEqual([graphs, cells]);
  });

  it('has the published number of cells where the released generator finds them (section 4)', () => {
    const some = releasedGraphs(definition);
    expect([some.length, cellsOf(some)]).toEqual([released, found]);
    const all = new Set(prunedGraphs(definition).map(graphKey));
    expect(some.every((graph) => all.has(graphKey(graph)))).toBe(true);
  });

  it('has nine edges at most in seven vertices at most, and nothing in the empty one (check 7)', () => {
    const space = oneShotSpace(number);
    for (let i = 0; i < 200; i++) {
      const cell = space.sample(createStreams(i).stream('cell'));
      const text = space.format(cell);
      const [edges = '', operations = ''] = text.split(':');
      expect(Array.from(edges).filter((digit) => digit === '1')).toHaveLength(9);
      expect(operations).toHaveLength(5);
      expect(space.parse(text)).toEqual(cell);
      if (number === 3) continue;
      // Column 5, and row 5 of column 6.
      expect(edges.slice(10, 15)).toBe('00000');
      expect(edges[20]).toBe('0');
      expect(operations[4]).toBe('1');
    }
  });
});

describe('the spaces', () => {
  it('have nine edges each', () => {
    for (const number of SPACES) {
      const [graph = []] = choices(number);
      expect(graph.flat()).toHaveLength(9);
    }
  });

  it('count all labels of blocks that are read: 6,240 and 363,648 with loose ends (section 4)', () => {
    const labelled = (number: SpaceNumber) =>
      choices(number).reduce((sum, graph) => {
        const read = new Set(graph.flat());
        const blocks = graph.slice(1, -1).filter((_, at) => read.has(at + 1)).length;
        return sum + 3 ** blocks;
      }, 0);
    expect([1, 2, 3].map((number) => labelled(number as SpaceNumber))).toEqual([
      6_240, 16_632, 363_648,
    ]);
  });

  it('lose, as released, the graphs whose parents have roots of their own', () => {
    const lost: Record<1 | 2, Cell['graph']> = {
      1: [[], [0], [0, 1], [0, 1], [], [2, 3]],
      2: [[], [0], [0], [], [], [0, 1, 2]],
    };
    for (const number of [1, 2] as const) {
      const keys = (graphs: readonly Cell['graph'][]) => graphs.map(graphKey);
      const definition = definitionOf(number);
      expect(keys(prunedGraphs(definition))).toContain(graphKey(lost[number]));
      expect(keys(releasedGraphs(definition))).not.toContain(graphKey(lost[number]));
    }
  });

  it('have as many released cells as choices whose graph is released', () => {
    const space = oneShotSpace(1, 'released');
    const known = new Set(releasedGraphs(definitionOf(1)).map(graphKey));
    expect(space.size).toBe(BigInt([...space.all()].length));
    expect(space.size).toBeLessThan(14_580n);
    const lost: Cell = {
      graph: [[], [0], [0, 1], [0, 1], [0, 1], [2, 3]],
      operations: [0, 0, 0, 0],
    };
    expect(known.has(graphKey([[], [0], [0, 1], [0, 1], [], [2, 3]]))).toBe(false);
    expect(() => space.fromChoices(oneShotSpace(1).toChoices(lost))).toThrow(/no architecture/);
  });
});

describe('the notation', () => {
  it('is that of NAS-Bench-101, with the output in the last of seven vertices', () => {
    const graph = [[], [0], [0, 1], [0, 2], [1, 3], [0, 4]];
    const cell: Cell = { graph, operations: [2, 0, 1, 0] };
    // 0→1; 0→2, 1→2; 0→3, 2→3; 1→4, 3→4; nothing; 0→6, 4→6.
    expect(formatCell(cell, definitionOf(1))).toBe(
      '1' + '11' + '101' + '0101' + '00000' + '100010' + ':20101',
    );
  });
});

describe('canonical', () => {
  it.each([
    [1, 2_685],
    [2, 7_773],
  ] as const)(
    'separates the cells of space %i into %i networks (section 4)',
    (number, networks) => {
      const names = new Set<string>();
      for (const cell of oneShotSpace(number).all()) names.add(canonical(cell));
      expect(names.size).toBe(networks);
    },
  );

  it('separates the cells of space 3 into 55,854 networks (section 4)', () => {
    const names = (graph: Cell['graph'], labels: readonly number[][]): number =>
      new Set(labels.map((operations) => canonical({ graph, operations }))).size;
    // Graphs that are alike but for the numbers of their nodes have the same networks.
    const graphs = new Map<string, Cell['graph']>();
    for (const graph of prunedGraphs(definitionOf(3))) {
      graphs.set(canonical({ graph, operations: [0, 0, 0, 0, 0] }), graph);
    }
    let networks = 0;
    for (const graph of graphs.values()) {
      const all = labels(graph);
      // Where an operation at one block is told from that at any other, no two labellings are alike.
      const single = all.filter((ops) => ops.reduce((sum, op) => sum + op) === 1);
      networks += names(graph, single) === single.length ? all.length : names(graph, all);
    }
    expect(networks).toBe(55_854);
  });
});

/** The operations of five blocks in every way; those of blocks that are not used stay the same. */
function labels(graph: Cell['graph']): number[][] {
  return [1, 2, 3, 4, 5].reduce<number[][]>(
    (all, node) => {
      const options = graph[node]?.length ? [0, 1, 2] : [0];
      return all.flatMap((chosen) => options.map((op) => [...chosen, op]));
    },
    [[]],
  );
}
