import { join } from 'node:path';
import { definePlugin, type Maker, type Manifest, type State } from '@archer-nas/core';
import { toyClimb } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { runToys, toyFolder, toyLookup, toyManifest } from '../tools/toy-runs.ts';
import { scienceLines } from './journal-reader.ts';
import { extend } from './resume.ts';
import { planRun } from './run-plan.ts';
import { isFinishedBefore, placeOf } from './seed-place.ts';
import { traceStep } from './trace.ts';
import { verifyRun } from './verify/verify-run.ts';

const climb = toyClimb as unknown as Maker<'strategy'>;
const study: Manifest['study'] = [{ use: 'toy-count', steps: 4 }];

/** The toy with weights: its seen architectures; it notes what weights it was given. */
function weighing(given: (State | undefined)[] = []) {
  const create: Maker<'strategy'>['create'] = async (options, deps) => {
    const strategy = await climb.create(options, deps);
    return {
      takesWeights: true,
      begin: async (context, saved) => {
        given.push(context.weights);
        const search = await strategy.begin(context, saved);
        const supernet = {
          parameters: { state: { seen: (search.state as { best: State }).best } },
        };
        const views = { ...search.views, supernet };
        return new Proxy(search, {
          get: (target, key) => (key === 'views' ? views : Reflect.get(target, key, target)),
        });
      },
    };
  };
  return toyLookup(definePlugin({ ...climb, create } as never));
}

/** A finished run of the toys in `out/first`; @returns what a manifest says to begin from it */
async function first(out: string, options = {}) {
  await runToys(join(out, 'first'), options);
  return { run: join(out, 'first') };
}

describe('a manifest that begins from a finished run', () => {
  it('asks new studies of the same search, which makes no step', async () => {
    using folder = temporaryFolder();
    const from = await first(folder.path);
    const { records } = await runToys(folder.path, { manifest: toyManifest({ study, from }) });
    const { records: whole } = await runToys(join(folder.path, 'whole'), {
      manifest: toyManifest({ study }),
    });
    const [found, expected] = [records[0], whole[0]];
    expect(found?.result).toEqual(expected?.result);
    const made = scienceLines(found?.lines ?? []).filter(({ job }) => job === 'search');
    expect(made.map(({ event }) => event)).toEqual(['result']);
    expect(verifyRun(toyFolder(folder.path)).status).toBe('intact');
    expect(found?.fingerprint?.manifest.from).toMatchObject({
      identity: expected?.result?.identity,
      use: 'search',
    });
  });

  it('gives another search its weights, once, and is another search by them', async () => {
    using folder = temporaryFolder();
    const given: (State | undefined)[] = [];
    const lookup = weighing(given);
    const from = await first(folder.path, { lookup });
    given.length = 0;
    const strategy = { use: 'toy-climb', rounds: 3 };
    const stop = new AbortController();
    const options = { manifest: toyManifest({ study, from, strategy }), lookup };
    await runToys(folder.path, {
      ...options,
      signal: stop.signal,
      onEvent: ({ type }) => type === 'step' && stop.abort(),
    });
    // The first run is opened for its weights, then the search begins with them.
    expect(given).toEqual([undefined, { seen: expect.any(String) }]);
    const { records } = await runToys(folder.path, options);
    expect((await traceStep(toyFolder(folder.path), { step: 2, lookup })).at).toBe(2);
    given.length = 3;
    expect(given.slice(2), 'a resume has its own').toEqual([undefined]);
    const { records: alone } = await runToys(join(folder.path, 'alone'), {
      manifest: toyManifest({ study, strategy }),
      lookup,
    });
    expect(records[0]?.result?.identity).not.toBe(alone[0]?.result?.identity);
    expect(verifyRun(toyFolder(folder.path)).status).toBe('intact');
  });

  it('is drift where that run has gone on since', async () => {
    using folder = temporaryFolder();
    const from = await first(folder.path);
    const options = { manifest: toyManifest({ study, from }) };
    await runToys(folder.path, options);
    await extend(toyFolder(from.run), {
      settings: ['strategy.rounds=6'],
      ...{ lookup: toyLookup(), dataFolder: folder.path },
    });
    await expect(runToys(folder.path, { ...options, lookup: weighing() })).rejects.toMatchObject({
      code: 'ARCHER_DRIFT',
    });
  });

  it('is noticed by a run that was finished without it', async () => {
    using folder = temporaryFolder();
    const from = await first(folder.path);
    await runToys(folder.path);
    const again = (changes: object) =>
      runToys(folder.path, { manifest: toyManifest({ from, ...changes }) });
    await expect(again({})).rejects.toMatchObject({
      code: 'ARCHER_DRIFT',
      message: expect.stringContaining('from: absent → '),
    });
    await expect(again({ from: { run: './nonsense' } })).rejects.toMatchObject({
      code: 'ARCHER_FROM',
    });
  });

  it('is looked up again once the run is finished, without data or engine', async () => {
    using folder = temporaryFolder();
    const from = await first(folder.path);
    const options = { manifest: toyManifest({ study, from }) };
    const isFinished = async () => {
      const plan = await planRun({ ...options, lookup: toyLookup(), out: folder.path });
      return isFinishedBefore(plan, placeOf(plan, 0, undefined));
    };
    expect(await isFinished()).toBe(false);
    await runToys(folder.path, options);
    expect(await isFinished()).toBe(true);
    await extend(toyFolder(from.run), {
      settings: ['strategy.rounds=6'],
      ...{ lookup: toyLookup(), dataFolder: folder.path },
    });
    expect(await isFinished()).toBe(false);
  });

  it('is found by the name of an experiment beside it', async () => {
    using folder = temporaryFolder();
    await runToys(join(folder.path, 'first', 'results'));
    const beside = { folder: join(folder.path, 'second'), out: join(folder.path, 'second') };
    const manifest = toyManifest({ study, from: { run: 'first' } });
    const { status } = await runToys(folder.path, { ...beside, manifest });
    expect(status).toBe('finished');
  });

  it('may be the one without a profile', async () => {
    using folder = temporaryFolder();
    await runToys(join(folder.path, 'first', 'results'));
    const beside = { folder: join(folder.path, 'second'), out: join(folder.path, 'second') };
    const manifest = toyManifest({
      ...{ study, from: { run: 'first', profile: 'base' }, profiles: { smoke: {} } },
    });
    const { status } = await runToys(folder.path, { ...beside, manifest, profile: 'smoke' });
    expect(status).toBe('finished');
  });

  it('is found by that name where the manifest has it too, and others lie beside', async () => {
    using folder = temporaryFolder();
    await runToys(join(folder.path, 'first', 'results', 'first'));
    const beside = { folder: join(folder.path, 'second'), out: join(folder.path, 'second') };
    const manifest = toyManifest({ study, from: { run: 'first' } });
    const { status } = await runToys(folder.path, { ...beside, manifest });
    expect(status).toBe('finished');
  });

  const refused: readonly [string, string | undefined, boolean, number, RegExp][] = [
    ['is not there', './nowhere', false, 5, /is no run/],
    ['is not finished', undefined, true, 5, /is not finished/],
    ['is another search, whose weights nobody takes', undefined, false, 3, /takes no weights/],
  ];

  it.each(refused)('is refused where that run %s', async (_, run, interrupted, rounds, message) => {
    using folder = temporaryFolder();
    const stop = new AbortController();
    if (interrupted) stop.abort();
    const from = await first(folder.path, { signal: stop.signal });
    const strategy = { use: 'toy-climb', rounds };
    const manifest = toyManifest({ study, strategy, from: run === undefined ? from : { run } });
    const begun = runToys(folder.path, { manifest, folder: folder.path });
    await expect(begun).rejects.toMatchObject({ code: 'ARCHER_FROM', exit: 3 });
    await expect(begun).rejects.toThrow(message);
  });
});
