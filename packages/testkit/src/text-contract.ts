import {
  type Block,
  definePlugin,
  isTextData,
  type SplitName,
  sha256Hex,
  type TextData,
} from '@archer-nas/core';
import { expect } from 'vitest';
import { z } from 'zod';
import type { Check } from './check.ts';
import { checkSplits, sameWhenOpenedAgain } from './data-contract.ts';
import { createParts } from './parts.ts';
import { describeRow, type Row, type RowSubject, rowChecks } from './row.ts';
import { bitSpace } from './toy-bits.ts';

/** A corpus, small. */
export interface TextRow extends Row {
  readonly data: Block;
}

/** Stands for the space that a corpus requires; it has no networks. */
const reader = definePlugin({
  id: 'kit-reader',
  kind: 'space',
  summary: 'Stands for a space of language models, for the kit.',
  provides: ['network:language'],
  options: z.strictObject({}),
  create: () => bitSpace(2),
});

/** Runs the contract of a corpus, and what every row promises, as tests. */
export function describeTextData(row: TextRow): void {
  describeRow(subjectOf(row));
}

/** What {@link describeTextData} runs. */
export function textRowChecks(row: TextRow): readonly Check[] {
  return rowChecks(subjectOf(row));
}

function subjectOf(given: TextRow): RowSubject {
  const space = { use: reader.id };
  const row = { ...given, space, plugins: [reader, ...given.plugins] };
  return {
    kind: 'data',
    use: row.data.use,
    row,
    manifest: () => row,
    checks: textChecks(() => made(row)),
    async trace() {
      const data = await made(row);
      const decisions = data.splits.map((name) => traceOf(data, name));
      const { hash, vocabulary } = data;
      return { golden: { decisions }, whole: { decisions, hash, vocabulary } };
    },
  };
}

async function made(row: TextRow): Promise<TextData> {
  const { data } = await createParts(row);
  if (data === undefined || !isTextData(data)) throw new TypeError('a text row has a corpus');
  return data;
}

/** The contract of a corpus; `make` opens it anew. */
export function textChecks(make: () => Promise<TextData>): readonly Check[] {
  const check = (name: string, run: (data: TextData) => void): Check => ({
    name,
    run: async () => run(await make()),
  });
  return [
    check('describes its text', checkDescription),
    check('has the splits that it lists and no other', checkSplits),
    check('has tokens of its vocabulary alone', checkTokens),
    sameWhenOpenedAgain(make, traceOf),
  ];
}

function traceOf(data: TextData, name: SplitName): string {
  const { size, tokens } = data.open(name);
  const hash = sha256Hex(new Uint8Array(tokens.slice().buffer)).slice(0, 32);
  return `${name}: ${size} tokens ${hash} of ${data.vocabulary.length}`;
}

function checkDescription(data: TextData): void {
  expect(data.batch).toBeGreaterThan(0);
  expect(data.window).toBeGreaterThan(0);
  expect(data.vocabulary.length).toBeGreaterThan(1);
  expect(new Set(data.vocabulary).size, 'different tokens').toBe(data.vocabulary.length);
  expect(data.hash, 'hash of the content').toMatch(/\S/);
  expect(data.description).toMatch(/\S/);
}

function checkTokens({ splits, open, vocabulary }: TextData): void {
  for (const name of splits) {
    const { tokens, size } = open(name);
    expect(tokens).toBeInstanceOf(Int32Array);
    expect(tokens.length, `tokens of ${name}`).toBe(size);
    expect(size, `tokens of ${name}`).toBeGreaterThan(0);
    const outside = tokens.filter((token) => token < 0 || token >= vocabulary.length);
    expect([...outside], `tokens of ${name} outside of the vocabulary`).toEqual([]);
  }
}
