import { expect, it } from 'vitest';
import { formatLine } from './journal.ts';
import { soundStep } from './sound-step.ts';

const STEP = formatLine({
  ...{ seq: 41, kind: 'science', job: 'study:0:rank', event: 'step', at: 7 },
  body: { metrics: { é: 0.5, lost: Number.NaN } },
});
const RESULT = formatLine({ seq: 41, kind: 'science', job: 'search', event: 'result', body: {} });

/** Of a line among others. */
function numberOf(line: string): number | undefined {
  const content = Buffer.from(`before\n${line}\nbehind\n`);
  const before = Buffer.from(content);
  const seq = soundStep(content, 7, 7 + Buffer.byteLength(line));
  expect(content).toEqual(before);
  return seq;
}

it('R47 knows the line of a step, whatever its body has, without parsing it', () => {
  expect(numberOf(STEP)).toBe(41);
});

it('leaves the lines of anything else to be read', () => {
  for (const line of [RESULT, '', 'x', `${STEP}\r`, '{"seq":1,"kind":"science",']) {
    expect(numberOf(line)).toBeUndefined();
  }
});

it('R07 takes no line of a step of which any character is another one', () => {
  for (let at = 0; at < STEP.length; at++) {
    const other = STEP[at] === '7' ? '8' : '7';
    const line = STEP.slice(0, at) + other + STEP.slice(at + 1);
    expect([at, numberOf(line)]).toEqual([at, undefined]);
    expect([at, numberOf(STEP.slice(0, at))]).toEqual([at, undefined]);
  }
});
