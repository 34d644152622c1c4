import { describe, expect, it } from 'vitest';

import { cellFromCode, cellOf } from './cell.ts';
import { costModel } from './costs.ts';

const released = { channels: 16, cells: 5 };

describe('costs', () => {
  // C1 of the benchmark: cell, params, macs on CIFAR-10.
  it.each([
    ['empty', [0, 0, 0, 0, 0, 0], 73_306, 7_783_050],
    ['two 1x1', [2, 0, 4, 0, 1, 2], 129_306, 15_647_370],
    ['six 1x1', [2, 2, 2, 2, 2, 2], 241_306, 31_376_010],
    ['one 1x1, three 3x3', [2, 3, 3, 3, 1, 0], 830_426, 117_883_530],
    ['six 3x3', [3, 3, 3, 3, 3, 3], 1_531_546, 220_119_690],
  ])('are the published ones for %s', (_, operations, params, macs) => {
    const model = costModel(released, { classes: 10, image: 32 });
    expect(model.of(cellOf(operations))).toEqual({ params, macs });
  });

  // Section 5 of the cell spaces.
  it.each([
    ['every skip', [1, 1, 1, 1, 1, 1], 73_306],
    ['every pool', [4, 4, 4, 4, 4, 4], 73_306],
    ['a ResNet', [3, 0, 3, 1, 0, 1], 559_386],
    ['five 3x3 and a skip', [3, 3, 3, 3, 3, 1], 1_288_506],
  ])('count the parameters of %s', (_, operations, params) => {
    const model = costModel(released, { classes: 10, image: 32 });
    expect(model.of(cellOf(operations)).params).toBe(params);
  });

  it('depend on classes and image size as published', () => {
    const dense = cellOf([3, 3, 3, 3, 3, 3]);
    const empty = cellOf([0, 0, 0, 0, 0, 0]);
    const cifar100 = costModel(released, { classes: 100, image: 32 });
    const imageNet16 = costModel(released, { classes: 120, image: 16 });
    expect(cifar100.of(dense)).toEqual({ params: 1_537_396, macs: 220_125_540 });
    expect(imageNet16.of(dense)).toEqual({ params: 1_538_696, macs: 55_037_560 });
    expect(imageNet16.of(empty)).toEqual({ params: 80_456, macs: 1_953_400 });
  });

  it('are sums over choices, also in a sub-space', () => {
    const operations = [[1, 3], [0, 2, 4], [3], [0, 1, 2, 3, 4], [2, 3], [4]];
    const model = costModel({ channels: 4, cells: 2 }, { classes: 3, image: 8 }, operations);
    const choices = [1, 1, 0, 2, 0, 0];
    const cell = cellOf(choices.map((choice, edge) => operations[edge]?.[choice] ?? 0));
    for (const name of model.names) {
      const line = model.additive?.[name];
      const sum = choices.reduce(
        (total, choice, edge) => total + (line?.perChoice[edge]?.[choice] ?? Number.NaN),
        line?.base ?? Number.NaN,
      );
      expect(sum).toBe(model.of(cell)[name]);
    }
  });

  it('rank every cell between the empty one and six 3x3', () => {
    const model = costModel(released, { classes: 10, image: 32 });
    const params = Array.from({ length: 15_625 }, (_, code) => model.of(cellFromCode(code)).params);
    expect(Math.min(...(params as number[]))).toBe(73_306);
    expect(Math.max(...(params as number[]))).toBe(1_531_546);
  });

  it('refuse images that cannot be halved twice', () => {
    expect(() => costModel(released, { classes: 10, image: 30 })).toThrow(/30×30/);
  });
});
