import { describe, expect, it } from 'vitest';
import { formatCell, looseEnds, parseCell, treeOf } from './cell.ts';
import { enasRnnSpace } from './space.ts';

const dropout = { words: 0, embedded: 0, input: 0, hidden: 0, output: 0 };
const spaceOf = (form: object = {}) =>
  enasRnnSpace({
    ...{ nodes: 12, first: 'chosen', output: 'loose-ends', width: 3, initRange: 0.5 },
    ...{ dropout, slowness: 0, ...form },
  });
/** The final cell of the corrected code. */
const FINAL = '0 2 1 0 2 1 2 2 4 0 5 0 3 2 6 2';
const corrected = { nodes: 9, first: 'tanh' } as const;
const factorial = (n: number): bigint => (n === 0 ? 1n : BigInt(n) * factorial(n - 1));

describe("ENAS's recurrent cells", () => {
  it('read and write the final cell of the corrected code: pairs of predecessor and function', () => {
    const cell = parseCell(FINAL, corrected);
    expect(cell.map(({ from }) => from)).toEqual([0, 0, 1, 2, 2, 4, 5, 3, 6]);
    const names = ['tanh', 'relu', 'sigmoid', 'identity'];
    expect(cell.map(({ activation }) => names[activation])).toEqual([
      ...['tanh', 'sigmoid', 'tanh', 'relu', 'sigmoid', 'tanh', 'tanh', 'sigmoid', 'sigmoid'],
    ]);
    expect(formatCell(cell, corrected)).toBe(FINAL);
    expect(spaceOf(corrected).format(spaceOf(corrected).parse(FINAL))).toBe(FINAL);
  });

  it('are R^N (N − 1)! as a controller samples them (check K)', () => {
    expect(spaceOf().size).toBe(4n ** 12n * factorial(11));
    expect(spaceOf().size).toBe(669_692_775_628_800n);
    // The paper's R^N N! counts a first input, of which there is only one, N times.
    expect((spaceOf().size as bigint) * 12n).toBe(8_036_313_307_545_600n);
    // Subsets of predecessors, as in the macro space, would be far more.
    expect(Number(2n ** 66n / factorial(12)) / 1e11).toBeCloseTo(1.54, 2);
    expect(spaceOf(corrected).size).toBe(4n ** 8n * factorial(8));
  });

  it('have the decisions of a controller in its order, whose entropy is at most 34.13784 (check F)', () => {
    const { decisions } = spaceOf();
    expect(decisions.slice(0, 5).map(({ name, kind }) => [name, kind])).toEqual([
      ['node0:activation', 'categorical'],
      ['node1:input', 'input'],
      ['node1:activation', 'categorical'],
      ['node2:input', 'input'],
      ['node2:activation', 'categorical'],
    ]);
    expect(decisions).toHaveLength(23);
    const entropy = decisions.reduce((sum, { options }) => sum + Math.log(options.length), 0);
    expect(entropy).toBeCloseTo(34.13784, 5);
  });

  it('average the nodes that no other reads', () => {
    expect(looseEnds(parseCell('0 0 1 0 2 1 3', { nodes: 4, first: 'chosen' }))).toEqual([2, 3]);
    expect(looseEnds(parseCell(FINAL, corrected))).toEqual([7, 8]);
  });

  it('are one network where their trees are: numbers of nodes do not matter, activations do', () => {
    const tree = (text: string) => treeOf(parseCell(text, { nodes: 4, first: 'chosen' }));
    expect(tree('0 0 1 0 2 1 3')).toBe('tanh(relu(identity()),sigmoid())');
    expect(tree('0 0 2 0 1 2 3')).toBe(tree('0 0 1 0 2 1 3'));
    expect(tree('0 0 2 0 1 1 3')).not.toBe(tree('0 0 1 0 2 1 3'));
  });

  it.each([
    ['0 0 1', 'it has 3 numbers'],
    ['0 0 1 2 1 1 1', 'node 2 cannot read node 2'],
    ['4 0 1 1 1 1 1', 'node 0 has the activation 4 of 0 to 3'],
    ['0 0 1 1 x 1 1', '"x" is no number'],
  ])('name what is wrong in %s', (text, why) => {
    expect(() => parseCell(text, { nodes: 4, first: 'chosen' })).toThrow(
      expect.objectContaining({
        code: 'ARCHER_ENAS_RNN_CELL',
        message: expect.stringContaining(why),
        hint: expect.stringContaining('7 numbers'),
      }),
    );
  });

  it('are drawn with their inputs, activations and loose ends', () => {
    const space = spaceOf({ nodes: 4 });
    const [drawing] = space.draw?.(space.parse('0 0 1 0 2 1 3')) ?? [];
    expect(drawing?.nodes).toEqual(['x', 'h', '0', '1', '2', '3', 'new h']);
    expect(drawing?.edges.map(({ from, to, label }) => `${from}-${label}-${to}`)).toEqual([
      ...['0-tanh-2', '1-tanh-2', '2-relu-3', '2-sigmoid-4', '3-identity-5', '4--6', '5--6'],
    ]);
  });
});
