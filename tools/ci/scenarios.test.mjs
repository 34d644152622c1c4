// @ts-check
import { describe, expect, it } from 'vitest';
import {
  countsByScenario,
  filesByScenario,
  numbersIn,
  numbersOf,
  SCENARIOS,
  scenarioTable,
} from './scenarios.mjs';

describe('reliability scenarios', () => {
  it('are fifty, in order', () => {
    const numbers = Array.from({ length: 50 }, (_, i) => `R${String(i + 1).padStart(2, '0')}`);
    expect(Object.keys(SCENARIOS)).toEqual(numbers);
  });

  it('are the numbers that a title begins with', () => {
    expect(numbersOf('R04 R05 a run that died while it saved')).toEqual(['R04', 'R05']);
    expect(numbersOf('R12, R13 and R16 signals')).toEqual(['R12', 'R13', 'R16']);
    expect(numbersOf('a run as in R07')).toEqual([]);
    expect(numbersOf('R1000 things')).toEqual([]);
  });

  it('are found in the titles of a test file', () => {
    const source = `describe('R07 a journal', () => { it(\`R20 a clock\`, f); f('of R21'); });`;
    expect(numbersIn(source)).toEqual(['R07', 'R20']);
  });

  it('that do not exist are an error', () => {
    expect(() => filesByScenario(new Map([['a.test.ts', "it('R99 x', f)"]]))).toThrow('R99');
  });

  it('are counted under the titles of their blocks, each test once', () => {
    const tests = [
      { ancestorTitles: ['R07 a journal'], title: 'R07 is torn', status: 'passed' },
      { ancestorTitles: ['R07 a journal'], title: 'is empty', status: 'failed' },
      { ancestorTitles: [], title: 'R20 jumps', status: 'pending' },
    ];
    const counts = countsByScenario({ testResults: [{ assertionResults: tests }] });
    expect(Object.fromEntries(counts)).toEqual({
      R07: { passed: 1, failed: 1, skipped: 0 },
      R20: { passed: 0, failed: 0, skipped: 1 },
    });
  });

  it('are rows that link their tests, and name the command of what takes longer', () => {
    const files = new Map([
      ['R22', ['packages/runtime/src/lock.test.ts']],
      ['R47', []],
    ]);
    expect(scenarioTable(files).split('\n').slice(2)).toEqual([
      `| R22 | ${SCENARIOS.R22?.what} | [lock.test.ts](../packages/runtime/src/lock.test.ts) |`,
      `| R47 | ${SCENARIOS.R47?.what} | \`npx nx run runtime:scale\` |`,
    ]);
  });
});
