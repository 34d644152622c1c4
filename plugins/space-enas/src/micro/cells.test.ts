import { createStreams } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';

import { MICRO } from '../../test/released.ts';
import { canonical } from './canonical.ts';
import { formatMicro, looseEnds, OPERATIONS, paperCount, parseMicro } from './cells.ts';
import { draw } from './draw.ts';
import { type MicroSettings, microSpace } from './space.ts';

const settings: MicroSettings = {
  ...{ nodes: 5, layers: 15, channels: 36, structure: 'paper', operations: OPERATIONS },
  search: { layers: 6, channels: 20 },
  costs: { classes: 10, image: 32 },
};
const space = microSpace(settings);
const released = parseMicro(MICRO, 5);

describe('the micro space', () => {
  it('has Π i² · 25 = 5.0625e12 cells, squared, where the paper counts 600⁴ (check K)', () => {
    expect(space.size).toBe(5_062_500_000_000n ** 2n);
    expect(Number(space.size) / 1e25).toBeCloseTo(2.56, 2);
    expect(paperCount(5)).toBe(129_600_000_000n);
  });

  it('decides of each node two inputs, then two operations; the normal cell first', () => {
    const { decisions } = space;
    expect(decisions.map(({ options }) => options.length)).toEqual([
      ...[2, 2, 5, 5, 3, 3, 5, 5, 4, 4, 5, 5, 5, 5, 5, 5, 6, 6, 5, 5],
      ...[2, 2, 5, 5, 3, 3, 5, 5, 4, 4, 5, 5, 5, 5, 5, 5, 6, 6, 5, 5],
    ]);
    expect(decisions.slice(20, 24).map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'reduce:node2:first-input input',
      'reduce:node2:second-input input',
      'reduce:node2:first-operation categorical',
      'reduce:node2:second-operation categorical',
    ]);
  });

  it('has 29.25288 nats per cell (check F)', () => {
    const nats = space.decisions.reduce((sum, { options }) => sum + Math.log(options.length), 0);
    expect(nats / 2).toBeCloseTo(29.25288, 5);
  });

  it('reads the released architecture: input, operation, input, operation', () => {
    expect(released.normal[0]).toEqual([
      { input: 0, op: 2 },
      { input: 0, op: 0 },
    ]);
    expect(released.reduce[4]).toEqual([
      { input: 0, op: 3 },
      { input: 1, op: 1 },
    ]);
    expect(formatMicro(released)).toBe(MICRO);
    expect(space.toChoices(released).slice(0, 8)).toEqual([0, 0, 2, 0, 0, 0, 4, 1]);
  });

  it('says which number is wrong, and what it is about', () => {
    expect(() => parseMicro('2 0 0 0 0 0 0 0', 1)).toThrow(
      /number 1, the first input of node 2 of the normal cell, is "2", not one of 0 to 1/,
    );
    expect(() => parseMicro('0 0 0 0 0 0 1 5', 1)).toThrow(
      /number 8, the second operation of node 2 of the reduce cell, is "5"/,
    );
  });

  it('ends a cell where no branch reads on, at inputs too', () => {
    expect(looseEnds(released.normal)).toEqual([2, 3, 4, 5, 6]);
    const chain = parseMicro('1 0 1 0 2 0 2 0 0 0 0 0 0 0 0 0', 2);
    expect(looseEnds(chain.normal)).toEqual([0, 3]);
    expect(looseEnds(chain.reduce)).toEqual([1, 2, 3]);
  });

  it('has one canonical form for branches and nodes in another order, and no more', () => {
    // Node 3 reads node 2; nodes 2 and 4 differ, node 4 reads no node.
    const cell = '0 0 1 1 2 2 0 3 1 4 1 0';
    const swapped = '1 1 0 0 0 3 2 2 1 0 1 4';
    // Node 4 becomes 2, node 2 becomes 3, node 3 becomes 4.
    const renumbered = '1 4 1 0 0 0 1 1 3 2 0 3';
    const other = '0 0 1 1 2 2 0 3 1 4 0 0';
    const form = (normal: string) => canonical(parseMicro(`${normal} ${cell}`, 3));
    expect(form(swapped)).toBe(form(cell));
    expect(form(renumbered)).toBe(form(cell));
    expect(form(other)).not.toBe(form(cell));
  });

  it('draws both cells: ten branches, and the loose ends', () => {
    const [normal, reduce] = draw(released);
    expect([normal?.name, reduce?.name]).toEqual(['normal', 'reduce']);
    expect(normal?.nodes).toEqual(['k−2', 'k−1', '2', '3', '4', '5', '6', 'k']);
    const text = normal?.edges.map(({ from, to, label }) => `${from}${to} ${label}`);
    expect(text?.slice(0, 4)).toEqual([
      ...['02 avg_pool_3x3', '02 sep_conv_3x3', '03 identity', '03 sep_conv_5x5'],
    ]);
    expect(text?.slice(10)).toEqual(['27 ', '37 ', '47 ', '57 ', '67 ']);
  });

  it('samples, mutates and crosses cells whose nodes read earlier nodes', () => {
    const stream = createStreams(0).stream('cells');
    const earlier = (text: string) => () => space.parse(text);
    for (let i = 0; i < 50; i++) {
      const [a, b] = [space.sample(stream), space.sample(stream)];
      for (const one of [a, space.mutate(a, stream), space.crossover(a, b, stream)]) {
        expect(earlier(space.format(one))).not.toThrow();
      }
    }
  });
});
