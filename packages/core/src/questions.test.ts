import { describe, expect, it } from 'vitest';
import { Questions } from './questions.ts';

const ask = () => new Questions(3, ['a', 'b', 'c']);
const proposal = (id: string) => ({ id, architecture: '' });

describe('questions', () => {
  it('are asked one after the other, then waited for', () => {
    const questions = ask();
    expect(questions.propose(2)).toEqual([
      { id: '3-0', architecture: 'a' },
      { id: '3-1', architecture: 'b' },
    ]);
    expect(questions.propose(2)).toEqual([{ id: '3-2', architecture: 'c' }]);
    expect(questions.propose(2)).toBe('wait');
  });

  it('are complete with one answer each, in any order', () => {
    const questions = ask();
    for (const [id, value] of [
      ['3-2', 5],
      ['3-2', 6],
      ['2-0', 7],
      ['3-9', 8],
      ['x', 9],
      ['3-0', Number.NaN],
    ] as const) {
      questions.answer(proposal(id), value);
    }
    expect(questions.complete).toBe(false);
    questions.answer(proposal('3-1'), 4);
    expect(questions.complete).toBe(true);
    expect(questions.values).toEqual([Number.NaN, 4, 5]);
  });

  it('go on where they were saved', () => {
    const questions = ask();
    questions.propose(1);
    questions.answer(proposal('3-0'), 1);
    const saved = questions.saved((a) => a.toUpperCase());
    const restored = Questions.restored(saved, (text) => text.toLowerCase());
    questions.propose(2);
    expect(saved).toMatchObject({ architectures: ['A', 'B', 'C'], asked: 1 });
    expect(restored.propose(1)).toEqual([{ id: '3-1', architecture: 'b' }]);
    expect(restored.values[0]).toBe(1);
  });
});
