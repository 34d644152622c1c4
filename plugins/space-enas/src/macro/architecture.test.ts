import { createStreams } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';

import { MACRO } from '../../test/released.ts';
import { formatMacro, OPERATIONS, parseMacro } from './architecture.ts';
import { draw } from './draw.ts';
import { type MacroSettings, macroSpace } from './space.ts';

const settings: MacroSettings = {
  ...{ layers: 12, channels: 96, structure: 'paper', operations: OPERATIONS },
  search: { channels: 36 },
  costs: { classes: 10, image: 32 },
};

describe('the macro space', () => {
  it('has 6¹² · 2⁶⁶ = 1.606e29 architectures with 12 layers (check K)', () => {
    const { size } = macroSpace(settings);
    expect(size).toBe(6n ** 12n * 2n ** 66n);
    expect(Number(size) / 1e29).toBeCloseTo(1.606, 3);
  });

  it('has 12 decisions on operations and 66 on skips, which are 67.24883 nats (check F)', () => {
    const { decisions } = macroSpace(settings);
    const skips = decisions.filter(({ source }) => source !== undefined);
    expect([decisions.length, skips.length]).toEqual([78, 66]);
    const nats = decisions.reduce((sum, { options }) => sum + Math.log(options.length), 0);
    expect(nats).toBeCloseTo(67.24883, 5);
  });

  it('decides of each layer its operation, then its bits from the stem on', () => {
    const names = macroSpace(settings).decisions.map(({ name }) => name);
    expect(names.slice(0, 6)).toEqual([
      ...['layer0:op', 'layer1:op', 'layer1:stem'],
      ...['layer2:op', 'layer2:stem', 'layer2:layer0'],
    ]);
    expect(names.at(-1)).toBe('layer11:layer9');
  });

  it('reads the released architecture of 24 layers, line by line or in one', () => {
    const architecture = parseMacro(MACRO, 24);
    expect(architecture.map(({ op }) => op).join('')).toBe('030223221020210222330300');
    expect(architecture[0]).toEqual({ op: 0, skips: [] });
    expect(architecture[5]).toEqual({ op: 3, skips: [1, 1, 0, 1, 0] });
    expect(architecture[23]?.skips).toHaveLength(23);
    const line = MACRO.trim().replaceAll('\n', ' ');
    expect(formatMacro(architecture)).toBe(line);
    expect(parseMacro(line, 24)).toEqual(architecture);
  });

  it('has the numbers of an architecture as its choices', () => {
    const space = macroSpace({ ...settings, layers: 24 });
    const architecture = space.parse(MACRO);
    expect(space.toChoices(architecture).join(' ')).toBe(MACRO.trim().replaceAll('\n', ' '));
  });

  it('says which number is wrong, and what it is about', () => {
    expect(() => parseMacro('0 6 0', 2)).toThrow(
      /number 2, the operation of layer 1, is "6", not one of 0 to 5/,
    );
    expect(() => parseMacro('0 3 2', 2)).toThrow(/number 3, layer 1's bit of stem, is "2"/);
    expect(() => parseMacro('0 3', 2)).toThrow(/has 2 of 3 numbers/);
  });

  it('draws each layer on the one before, and its skips', () => {
    const [network] = draw(parseMacro('2 3 0 5 1 1', 3));
    expect(network?.nodes).toEqual(['stem', 'layer0', 'layer1', 'layer2']);
    expect(network?.edges.map(({ from, to, label }) => `${from}${to} ${label}`)).toEqual([
      ...['01 conv_5x5', '12 sep_conv_5x5', '23 max_pool_3x3', '03 ', '13 '],
    ]);
  });

  it('mutates one decision, and stays within the operations that are allowed', () => {
    const space = macroSpace({ ...settings, operations: ['conv_3x3', 'max_pool_3x3'] });
    const stream = createStreams(0).stream('mutation');
    const architecture = space.sample(stream);
    for (let i = 0; i < 50; i++) {
      const child = space.mutate(architecture, stream);
      expect(child.every(({ op }) => [0, 5].includes(op))).toBe(true);
      const changed = space
        .toChoices(child)
        .filter((choice, at) => choice !== space.toChoices(architecture)[at]);
      expect(changed).toHaveLength(1);
    }
  });
});
