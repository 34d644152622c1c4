import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { definePlugin, type Maker, type State, witness } from '@archer-nas/core';
import { toyClimb } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { outcome, runToys, toyFolder, toyLookup } from '../tools/toy-runs.ts';
import { field } from './journal-reader.ts';
import { readRun } from './read-run.ts';
import { extend } from './resume.ts';
import { traceStep } from './trace.ts';

const climb = toyClimb as unknown as Maker<'strategy'>;

/** The toy, which tells a witness of each step, and adds `more` to its score. */
function watched(more = 0) {
  const created: Maker<'strategy'>['create'] = async (options, deps) => {
    const strategy = await climb.create(options, deps);
    return {
      begin: async (context, saved) => {
        const search = await strategy.begin(context, saved);
        const step: typeof search.step = async (signal) => {
          const samples = Int32Array.of(search.progress.done);
          witness()?.({ kind: 'batch', split: 'train', samples });
          const report = await search.step(signal);
          const score = (report.metrics?.score ?? 0) + more;
          return { ...report, metrics: { ...report.metrics, score } };
        };
        return new Proxy(search, {
          get: (target, key) => (key === 'step' ? step : Reflect.get(target, key, target)),
        });
      },
    };
  };
  return toyLookup(definePlugin({ ...climb, create: created } as never));
}

describe('a step that is traced', () => {
  it('is the one of the journal, from the nearest checkpoint, and the run stays as it was', async () => {
    using folder = temporaryFolder();
    const lookup = watched();
    await runToys(folder.path, { checkpointEvery: 1, lookup });
    const root = toyFolder(folder.path);
    const before = outcome(root);
    const { lines } = readRun(root);
    const of = (step: number) =>
      lines.filter(
        ({ kind, job, event }) => kind === 'science' && job === 'search' && event === 'step',
      )[step - 1]?.body as State;
    const last = await traceStep(root, { step: 5, lookup });
    expect(last).toMatchObject({ step: 5, at: 5, replayed: 0 });
    expect(last.from).toMatch(/^search-\d+$/);
    expect(last.report).toEqual(of(5));
    expect(last.seen).toEqual([{ kind: 'batch', split: 'train', samples: Int32Array.of(4) }]);
    const early = await traceStep(root, { step: 3, lookup });
    expect(early).toMatchObject({ from: 'the beginning', replayed: 2, report: of(3) });
    expect(early.seen).toHaveLength(1);
    expect(field(of(3), 'metrics')).not.toEqual(field(of(5), 'metrics'));
    expect(outcome(root)).toStrictEqual(before);
    expect(witness()).toBeUndefined();
  });

  it('is made again without any checkpoint', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path);
    const root = toyFolder(folder.path);
    for (const name of readdirSync(join(root, 'checkpoints'))) {
      rmSync(join(root, 'checkpoints', name), { recursive: true });
    }
    const { replayed } = await traceStep(root, { step: 5, lookup: toyLookup() });
    expect(replayed).toBe(4);
  });

  it('is made under the budget of its time where the run was extended', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path);
    const root = toyFolder(folder.path);
    const options = { lookup: toyLookup(), dataFolder: folder.path };
    await extend(root, { settings: ['strategy.rounds=7'], ...options });
    const before = await traceStep(root, { step: 2, ...options });
    expect(before).toMatchObject({ from: 'the beginning', replayed: 1 });
    // The checkpoint of the extension is gone: the shorter run is made again, and extended.
    const after = await traceStep(root, { step: 6, ...options });
    expect(after).toMatchObject({ at: 6, from: 'the beginning', replayed: 5 });
    expect(await traceStep(root, { step: 7, ...options })).toMatchObject({ replayed: 0 });
  });

  it.each([0, 6])('is refused where the search has none: %i', async (step) => {
    using folder = temporaryFolder();
    await runToys(folder.path);
    const asked = traceStep(toyFolder(folder.path), { step, lookup: toyLookup() });
    await expect(asked).rejects.toMatchObject({ code: 'ARCHER_TRACE', exit: 2 });
  });

  it('is an error where the code goes another way than the journal', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path, { lookup: watched() });
    const asked = traceStep(toyFolder(folder.path), { step: 2, lookup: watched(1) });
    await expect(asked).rejects.toThrow(/step 1 of .* says something else/);
  });
});
