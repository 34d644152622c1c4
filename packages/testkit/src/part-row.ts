import type { Block, Kind, State } from '@archer-nas/core';
import { expect } from 'vitest';
import type { Check } from './check.ts';
import { cloneState } from './clone-state.ts';
import { createPart, holding } from './parts.ts';
import { describeRow, type Row, type RowSubject, rowChecks } from './row.ts';

/** What a part has shown in one step, and its state then. */
export interface PartStep {
  readonly shown: unknown;
  readonly state: State;
}

/** A part of a kind that works on tensors, of which the kit has none: the row runs its steps. */
export interface PartRow extends Row {
  readonly part: Block & { readonly kind: Kind };
  /** All steps of the part after the first `from`, which have ended in `saved`. */
  follow(part: unknown, from: number, saved?: State): readonly PartStep[];
}

/** Runs what every part promises, and what every row does, as tests. */
export function describePart(row: PartRow): void {
  describeRow(subjectOf(row));
}

/** What {@link describePart} runs. */
export function partRowChecks(row: PartRow): readonly Check[] {
  return rowChecks(subjectOf(row));
}

function subjectOf(row: PartRow): RowSubject {
  const { kind, ...block } = row.part;
  const follow = async (from = 0, saved?: State) => {
    const { part } = await createPart(kind, block, row);
    return row.follow(part, from, saved);
  };
  return {
    kind,
    use: block.use,
    row,
    manifest: () => holding(kind, block, row),
    checks: [
      { name: 'goes on the same when resumed after any step', run: () => checkResume(follow) },
    ],
    trace: async () => {
      const steps = await follow();
      return { golden: { decisions: steps.map(({ shown }) => shown) }, whole: steps };
    },
  };
}

type Follow = (from?: number, saved?: State) => Promise<readonly PartStep[]>;

async function checkResume(follow: Follow): Promise<void> {
  const straight = await follow();
  expect(straight.length, 'steps').toBeGreaterThan(1);
  for (const [after, { state }] of straight.entries()) {
    const rest = await follow(after + 1, cloneState(state));
    expect(rest, `after step ${after}`).toStrictEqual(straight.slice(after + 1));
  }
}
