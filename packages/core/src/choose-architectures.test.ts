import { describe, expect, it } from 'vitest';
import { choiceSpace } from './choice-space.ts';
import { chooseArchitectures } from './choose-architectures.ts';
import { createStreams } from './streams.ts';

const options = ['none', 'conv1', 'conv3'];
const space = choiceSpace<readonly number[]>({
  name: 'toy',
  decisions: ['a', 'b'].map((name) => ({ name, kind: 'categorical', options })),
  encode: (a) => a,
  decode: (choices) => [...choices],
  format: (a) => a.map((option) => options[option]).join('+'),
  parse: (text) => text.split('+').map((name) => options.indexOf(name)),
});
const choose = (choice: Parameters<typeof chooseArchitectures>[1], of = space) =>
  chooseArchitectures(of, choice, createStreams(0).stream('architectures'));

describe('architectures of some options only', () => {
  it('are all of those, in the order of the space, whatever else it has', () => {
    const formatted = choose({ only: ['conv1', 'conv3'] }).map((a) => space.format(a));
    expect(formatted).toEqual(['conv1+conv1', 'conv1+conv3', 'conv3+conv1', 'conv3+conv3']);
  });

  it('are the same in every sub-space that has the options', () => {
    const within = space.restrict([
      [1, 2],
      [1, 2],
    ]);
    const only = { only: ['conv1', 'conv3'] };
    expect(choose(only, within)).toEqual(choose(only));
  });

  it('are refused where a decision has none of them, and where there are no decisions', () => {
    expect(() => choose({ only: ['skip'] })).toThrowError(
      expect.objectContaining({
        code: 'ARCHER_ARCHITECTURES',
        message: 'a of toy has none of the options skip.',
        hint: 'Its options are none, conv1, conv3.',
      }),
    );
    const { decisions: _, ...plain } = space;
    expect(() => choose({ only: ['conv1'] }, plain as typeof space)).toThrow('no sub-spaces');
  });
});
