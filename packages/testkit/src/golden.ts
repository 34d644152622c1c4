import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { traceHash, traceText } from './trace-text.ts';

/** What a golden trace freezes. */
export interface Golden {
  /** What was decided, in order: compared exactly. */
  readonly decisions: readonly unknown[];
  /**
   * Numbers that tensors gave: compared within {@link TOLERANCE}, because another version of the
   * engine may round otherwise. Everything else belongs to the decisions.
   */
  readonly rounded?: Readonly<Record<string, number>>;
}

/** Relative, and absolute below 1. */
const TOLERANCE = 1e-4;
/** Decisions that are written out, so that a difference can be read. */
const SHOWN = 12;
const WIDTH = 160;

const EXPLANATION = `
A golden trace changes legitimately only where the algorithm is meant to act differently: a bug is
fixed, a default is another, randomness is drawn otherwise. Then say so in the commit message, and
write the new one: npx vitest run <the test file of this row> -u
A refactoring, a faster data structure or another layout of State must leave it as it is.`;

/**
 * Compares with the committed file; without one, vitest writes it, but fails where `CI` is set.
 *
 * @throws AssertionError that says when a change is legitimate, and how to accept it
 */
export async function checkGolden(file: string, title: string, golden: Golden): Promise<void> {
  const text = goldenText(title, golden);
  const kept = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  // Where only rounding differs, the committed text is the one to be compared with.
  const near = kept !== undefined && isNear(kept, text);
  try {
    await expect(near ? kept : text, `golden trace of ${title}`).toMatchFileSnapshot(file);
  } catch (error) {
    (error as Error).message += EXPLANATION;
    throw error;
  }
}

function goldenText(title: string, { decisions, rounded = {} }: Golden): string {
  const shown = decisions.slice(0, SHOWN).map((one) => `  ${traceText(one).slice(0, WIDTH)}`);
  const numbers = Object.entries(rounded).map(([name, value]) => `${name} ≈ ${value}`);
  const head = [title, `${decisions.length} decisions, sha256 ${traceHash(decisions)}, from`];
  return `${[...head, ...shown, ...numbers].join('\n')}\n`;
}

function isNear(kept: string, now: string): boolean {
  const [a, b] = [kept, now].map((text) => text.trimEnd().split('\n')) as [string[], string[]];
  return a.length === b.length && a.every((line, i) => isNearLine(line, b[i] as string));
}

function isNearLine(kept: string, now: string): boolean {
  if (kept === now) return true;
  const [a, b] = [kept, now].map((line) => /^(\S+) ≈ (\S+)$/.exec(line));
  if (!a || !b || a[1] !== b[1]) return false;
  const [x, y] = [Number(a[2]), Number(b[2])];
  return Math.abs(x - y) <= TOLERANCE * Math.max(1, Math.abs(x), Math.abs(y));
}
