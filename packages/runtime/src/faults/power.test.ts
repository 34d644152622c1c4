import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type CrashImage, crashImages, materialise, recordFiles } from '@archer-nas/testkit/faults';
import { beforeAll, describe, expect, it } from 'vitest';
import { ownerDied } from '../../tools/dead-lock.ts';
import { temporaryFolder } from '../../tools/temporary-folder.ts';
import { type Outcome, outcome, runToys, toyFolder } from '../../tools/toy-runs.ts';
import type { RunEvent } from '../events.ts';
import { field, readJournal } from '../journal-reader.ts';

/** Each step is saved: several checkpoints are pruned, and every study has some. */
const OPTIONS = { checkpointEvery: 1 };

let images: readonly CrashImage[];
let truth: Outcome;

beforeAll(async () => {
  using folder = temporaryFolder();
  const out = join(folder.path, 'run');
  mkdirSync(out);
  using recording = recordFiles(out);
  await runToys(out, {
    ...OPTIONS,
    onEvent(event) {
      // What a run says is saved must be there from then on.
      if (event.type === 'checkpoint') recording.mark(basename(event.folder));
      if (event.type === 'result') recording.mark('result');
    },
  });
  truth = outcome(toyFolder(out));
  images = [...crashImages(recording, { draws: 3 })];
});

/** Goes on from what a crash left. */
async function goOn({ image, title, promised }: CrashImage): Promise<void> {
  using folder = temporaryFolder();
  materialise(image, folder.path);
  const root = toyFolder(folder.path);
  ownerDied(root);
  const events: RunEvent[] = [];
  await runToys(folder.path, { ...OPTIONS, onEvent: (event) => events.push(event) });
  expect(outcome(root), title).toStrictEqual(truth);
  const warnings = events.filter(({ type }) => type === 'warning');
  expect(warnings, title).toStrictEqual([]);
  const isFinished = image.has(join('default', 'seed-0', 'result.json'));
  if (promised.includes('result')) expect(isFinished, title).toBe(true);
  const steps = events.filter(({ type }) => type === 'step');
  if (isFinished) expect(steps, title).toStrictEqual([]);
  else expect(wentOnAfter(root), title).toBeGreaterThanOrEqual(newest(promised));
}

/** The line that the last resume went on from; -1: it began. */
function wentOnAfter(root: string): number {
  const { lines } = readJournal(join(root, 'journal.jsonl'));
  const resume = lines.findLast(({ event }) => event === 'resume');
  return resume === undefined ? -1 : Number(field(resume.body, 'after'));
}

/** The number of the newest checkpoint that was promised. */
function newest(promised: readonly string[]): number {
  return Math.max(-1, ...promised.map((name) => Number(/-(\d+)$/.exec(name)?.[1] ?? -1)));
}

describe.each(['kill', 'power'] as const)('R01 R04 R05 a run after a %s at any moment', (kind) => {
  it('loses nothing that it called saved, and ends as if it had not been', async () => {
    const found = images.filter((image) => image.kind === kind);
    expect(found.length).toBeGreaterThan(100);
    for (const image of found) await goOn(image);
  }, 120_000);
});
