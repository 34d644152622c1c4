import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Conclusion,
  definePlugin,
  type JournalLine,
  type TrackedRun,
  type TrackedSession,
  type Tracker,
  withoutSecrets,
} from '@archer-nas/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { outcome, runToys, toyFolder, toyLookup, toyManifest } from '../tools/toy-runs.ts';
import type { RunEvent } from './events.ts';
import { runFolder } from './folders.ts';
import type { RunRecord } from './read-run.ts';
import { Tracking, type TrackingFacts } from './tracking.ts';

const FACTS = {
  folder: runFolder('/runs/a b/seed-0'),
  manifest: toyManifest(),
  profile: 'default',
  seed: 0,
  identity: 'f00',
  fingerprint: { core: '0', node: 'v20', engine: null, dataHash: null, machine: { cpu: 'x' } },
} as unknown as TrackingFacts;
const LINE: JournalLine = { seq: 0, kind: 'science', job: 'search', event: 'step', body: {} };

/** A tracker that keeps what it is told, with some methods replaced. */
function spy(broken: Partial<TrackedSession> = {}) {
  const lines: JournalLine[] = [];
  const files: string[] = [];
  const ends: string[] = [];
  const opened: TrackedRun[] = [];
  const tracker: Tracker = {
    open(run) {
      opened.push(run);
      return {
        log: (more) => void lines.push(...more),
        artifact: (name) => void files.push(name),
        close: async (status) => {
          ends.push(status);
          return { unsent: [], refused: [] };
        },
        ...broken,
      };
    },
  };
  return { tracker, lines, files, ends, opened };
}

function warnings() {
  const messages: string[] = [];
  const emit = (event: RunEvent): void => {
    if (event.type === 'warning') messages.push(event.message);
  };
  return { messages, emit };
}

/** A warning with the command that sends the rest. */
const later = (what: string): string =>
  `tracker: ${what}\nThe run folder has it all; send it with:\n  archer sync '/runs/a b/seed-0'`;

const fail = (): never => {
  throw new Error('no disk');
};

afterEach(() => void vi.useRealTimers());

describe('Tracking', () => {
  it.each(['log', 'artifact'] as const)('leaves a tracker alone whose %s throws', async (name) => {
    const { tracker, ends } = spy({ [name]: fail });
    const { messages, emit } = warnings();
    const tracking = new Tracking(tracker, FACTS, emit);
    for (let i = 0; i < 3; i++) tracking.log([LINE]);
    tracking.artifacts(['a', 'b']);
    await tracking.close('finished');
    expect(messages).toStrictEqual(['tracker: no disk']);
    expect(ends).toStrictEqual([]);
  });

  it('leaves a tracker alone that does not open', async () => {
    const { messages, emit } = warnings();
    const tracking = new Tracking({ open: fail }, FACTS, emit);
    tracking.log([LINE]);
    tracking.log([LINE]);
    await tracking.close('finished');
    expect(messages).toStrictEqual(['tracker: no disk']);
  });

  it('does not wait for a tracker that never closes', async () => {
    vi.useFakeTimers();
    const { tracker } = spy({ close: () => new Promise(() => {}) });
    const { messages, emit } = warnings();
    const tracking = new Tracking(tracker, FACTS, emit);
    tracking.log([LINE]);
    const closed = tracking.close('finished');
    await vi.advanceTimersByTimeAsync(16_000);
    await closed;
    expect(messages).toStrictEqual([later('did not close within 16 s')]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['throws', fail, 'no disk'],
    ['rejects', async () => fail(), 'no disk'],
    [
      'tells what it could not send',
      async () => ({ unsent: ['a', 'b'], refused: [], reason: 'no server' }),
      'not sent: a; b (no server)',
    ],
  ])('names the command that sends the rest when closing %s', async (_, close, what) => {
    const { tracker } = spy({ close });
    const { messages, emit } = warnings();
    const tracking = new Tracking(tracker, FACTS, emit);
    tracking.log([LINE]);
    await tracking.close('finished');
    expect(messages).toStrictEqual([later(what)]);
  });

  it('says what will never be sent', async () => {
    const close = async () => ({ unsent: [], refused: ['metric x at step 3: no'] });
    const { tracker } = spy({ close });
    const { messages, emit } = warnings();
    const tracking = new Tracking(tracker, FACTS, emit);
    tracking.log([LINE]);
    await tracking.close('finished');
    expect(messages).toStrictEqual(['tracker: metric x at step 3: no']);
  });

  it('names what a run reads, and has one hash of what its results depend on', () => {
    const tracked = (changes: object): TrackedRun | undefined => {
      const { tracker, opened } = spy();
      const fingerprint = { ...FACTS.fingerprint, ...changes };
      const manifest = toyManifest({ data: { use: 'cifar10' } });
      new Tracking(tracker, { ...FACTS, manifest, fingerprint }, () => {}).log([LINE]);
      return opened[0];
    };
    expect(tracked({ dataHash: 'f0' })?.data).toEqual({ name: 'cifar10', hash: 'f0' });
    expect(tracked({})?.data).toBeUndefined();
    const hash = (changes: object) => tracked(changes)?.tags['archer.fingerprint'];
    const elsewhere = { ...FACTS.fingerprint.machine, cpu: 'y' };
    expect(hash({ machine: elsewhere })).toBe(hash({}));
    expect(hash({ dataHash: 'f0' })).not.toBe(hash({}));
  });

  it('flattens the manifest into parameters', () => {
    const { tracker, opened } = spy();
    new Tracking(tracker, FACTS, () => {}).log([LINE]);
    expect(opened[0]?.params).toMatchObject({
      'space.use': 'toy-bits',
      'space.bits': '8',
      'strategy.rounds': '5',
    });
  });
});

describe('R25 a run with a tracker', () => {
  const manifest = toyManifest({ tracker: { use: 'toy-tracker' } });
  const lookupWith = (tracker: Tracker) =>
    toyLookup(
      definePlugin({
        id: 'toy-tracker',
        kind: 'tracker',
        summary: 'For tests.',
        options: z.strictObject({}),
        create: () => tracker,
      }),
    );

  it('shows it every line, in order, and the files of the result', async () => {
    using folder = temporaryFolder();
    const { tracker, lines, files, ends } = spy();
    const { records } = await runToys(folder.path, { manifest, lookup: lookupWith(tracker) });
    expect(lines).toStrictEqual(records[0]?.lines);
    expect(files.slice(0, 2)).toStrictEqual(['manifest.json', 'fingerprint.json']);
    expect(files.at(-1)).toBe('result.json');
    expect(ends).toStrictEqual(['finished']);
  });

  it('shows it what is made of a finished run, in the end, and what that comes to', async () => {
    using folder = temporaryFolder();
    const concluded: Conclusion[] = [];
    const { tracker, files, ends } = spy({ conclude: (all) => void concluded.push(all) });
    const conclusion = { run: { verdict: 'differs' }, experiment: {} };
    const exhibit = async ({ result }: RunRecord) => ({
      files: async () => new Map([['plots/loss.svg', `<svg>${result?.seed}</svg>`]]),
      conclusion,
    });
    await runToys(folder.path, { manifest, lookup: lookupWith(tracker), exhibit });
    expect(files.at(-1)).toBe('exhibits/plots/loss.svg');
    const written = join(toyFolder(folder.path), 'exhibits/plots/loss.svg');
    expect(readFileSync(written, 'utf8')).toBe('<svg>0</svg>');
    expect([concluded, ends]).toStrictEqual([[conclusion], ['finished']]);
  });

  it('makes nothing where nobody is shown it', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path, { manifest: toyManifest(), exhibit: fail });
    expect(existsSync(join(toyFolder(folder.path), 'exhibits'))).toBe(false);
  });

  it('makes nothing for a tracker whom pictures do not reach', async () => {
    using folder = temporaryFolder();
    const { tracker, ends } = spy({ shows: false });
    await runToys(folder.path, { manifest, lookup: lookupWith(tracker), exhibit: fail });
    expect(existsSync(join(toyFolder(folder.path), 'exhibits'))).toBe(false);
    expect(ends).toStrictEqual(['finished']);
  });

  it('is finished all the same where that cannot be made', async () => {
    using folder = temporaryFolder();
    const { tracker, ends } = spy();
    const { messages, emit } = warnings();
    await runToys(folder.path, {
      ...{ manifest, lookup: lookupWith(tracker) },
      ...{ exhibit: async () => fail(), onEvent: emit },
    });
    expect(messages).toStrictEqual(['tracker: without its pictures and verdict: no disk']);
    expect(ends).toStrictEqual(['finished']);
  });

  it('shows it all lines that count again at a resume', async () => {
    using folder = temporaryFolder();
    const first = spy();
    const stop = new AbortController();
    await runToys(folder.path, {
      manifest,
      lookup: lookupWith(first.tracker),
      signal: stop.signal,
      onEvent: (event) => event.type === 'step' && event.progress.done === 3 && stop.abort(),
    });
    expect(first.ends).toStrictEqual(['interrupted']);
    const second = spy();
    const { records } = await runToys(folder.path, {
      manifest,
      lookup: lookupWith(second.tracker),
    });
    expect(second.lines).toStrictEqual(records[0]?.lines);
  });

  it('does not open it when the run is refused', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path, { maxTime: 0 });
    const { tracker, opened } = spy();
    const changed = { ...manifest, strategy: { use: 'toy-climb', rounds: 9 } };
    const refused = runToys(folder.path, { manifest: changed, lookup: lookupWith(tracker) });
    await expect(refused).rejects.toMatchObject({ code: 'ARCHER_DRIFT' });
    expect(opened).toStrictEqual([]);
  });

  it.each(['log', 'artifact', 'close'] as const)(
    'gives the same result when its %s throws',
    async (name) => {
      using folder = temporaryFolder();
      using without = temporaryFolder();
      const { tracker } = spy({ [name]: fail });
      await runToys(folder.path, { manifest, lookup: lookupWith(tracker) });
      await runToys(without.path);
      expect(outcome(toyFolder(folder.path))).toStrictEqual(outcome(toyFolder(without.path)));
    },
  );

  it('tells it that a run failed', async () => {
    using folder = temporaryFolder();
    const { tracker, ends } = spy();
    const onEvent = ({ type }: RunEvent): void => {
      if (type === 'step') fail();
    };
    const run = runToys(folder.path, { manifest, lookup: lookupWith(tracker), onEvent });
    await expect(run).rejects.toThrow('no disk');
    expect(ends).toStrictEqual(['failed']);
  });
});

describe('withoutSecrets', () => {
  it('R46 keeps credentials of a tracker out of what is written', () => {
    const uri = 'https://user:secret@host:5000/path';
    const bare = withoutSecrets({ ...toyManifest(), tracker: { use: 'mlflow', uri, n: 1 } });
    expect(bare.tracker).toEqual({ use: 'mlflow', uri: 'https://host:5000/path', n: 1 });
    const odd = { use: 'x', at: [{ uri: 'http://user:p@ss:w@host/a@b' }] };
    expect(withoutSecrets({ ...toyManifest(), tracker: odd }).tracker).toEqual({
      use: 'x',
      at: [{ uri: 'http://host/a@b' }],
    });
    expect(withoutSecrets(toyManifest())).toEqual(toyManifest());
  });
});
