import { join, resolve } from 'node:path';
import {
  ArcherError,
  EXIT,
  isSearchStep,
  type JournalLine,
  type PluginLookup,
  type State,
  type Witnessed,
  witnessed,
} from '@archer-nas/core';
import { readCheckpoint } from './checkpoint.ts';
import { checkpointOf } from './checkpoint-keeper.ts';
import { isThere } from './durable.ts';
import {
  besidesStrategy,
  differences,
  drifted,
  type Fingerprint,
  readFingerprint,
} from './fingerprint.ts';
import { type RunFolder, runFolder } from './folders.ts';
import { effectiveLines, field, originLine, readJournal } from './journal-reader.ts';
import { type EngineSettings, startPlannedEngine } from './planned-engine.ts';
import { reportBody } from './report-body.ts';
import { originIn, originOf } from './resume.ts';
import { factsOf } from './run-facts.ts';
import { planRun } from './run-plan.ts';
import { beginSearch, createRun, streamsAt } from './seed-run.ts';
import { encodeState } from './state-codec.ts';

/** Which step to look at, and how its plugins and engine are found. */
export interface TraceOptions extends EngineSettings {
  /** Counted from 1 over all steps of the search. */
  readonly step: number;
  readonly dataFolder?: string | undefined;
  /** Finds plugins elsewhere than among installed packages. */
  readonly lookup?: PluginLookup | undefined;
}

/** A step, made again and looked at. */
export interface StepTrace {
  readonly step: number;
  /** The search's progress after it. */
  readonly at: number;
  /** Steps that were made again before it, from a checkpoint or from the beginning. */
  readonly replayed: number;
  readonly from: string;
  /** What the journal says of the step; the step made again says the same. */
  readonly report: State;
  /** What happened inside, in its order. */
  readonly seen: readonly Witnessed[];
}

/**
 * Makes a step of a run's search again, from the nearest checkpoint before it, and looks inside. The
 * run folder is only read. Each step that is made again must say, bit for bit, what the journal says.
 *
 * @throws ArcherError `ARCHER_TRACE` when the journal has no such step, or the search goes another
 * way than the journal; `ARCHER_DRIFT` when something that decides the numbers changed since
 */
export async function traceStep(path: string, options: TraceOptions): Promise<StepTrace> {
  const { step } = options;
  const root = resolve(path);
  originOf(root); // refuses what is no run
  const folder = runFolder(root);
  const lines = effectiveLines(readJournal(folder.journal).lines);
  const steps = lines.filter(isSearchStep);
  const wanted = steps[step - 1];
  if (wanted === undefined) throw noStep(root, step, steps.length);
  const before = lines.filter(({ seq }) => seq < wanted.seq);
  const { search, ...replay } = await standing({ folder, steps, options }, before);
  try {
    const seen: Witnessed[] = [];
    const look = (one: Witnessed): unknown => seen.push(one);
    await witnessed(look, () => search.step(wanted, step));
    const { at = 0, body } = wanted;
    return { step, at, ...replay, report: body, seen };
  } finally {
    search.dispose();
  }
}

/** What a run is replayed from. */
interface Replay {
  readonly folder: RunFolder;
  /** All steps of the search that count. */
  readonly steps: readonly JournalLine[];
  readonly options: TraceOptions;
}

/** A search that was made again so far. */
interface Standing {
  readonly search: CheckedSearch;
  readonly replayed: number;
  readonly from: string;
}

/**
 * The search behind the last of the lines `before`, under the budget of that time: a run that was
 * extended later, or went on after accepted drift, was another before.
 */
async function standing(replay: Replay, before: readonly JournalLine[]): Promise<Standing> {
  const { folder, steps } = replay;
  const origin = originLine(before) as JournalLine; // a journal begins with one
  const start = nearest(folder, before, origin) ?? (await earlier(replay, before, origin));
  const done = steps.filter(({ seq }) => seq < start.seq).length;
  const search = await begin(replay, { before, origin, state: start.state });
  const missing = before.filter((line) => isSearchStep(line) && line.seq > start.seq);
  for (const [i, line] of missing.entries()) await search.step(line, done + i + 1);
  return { search, replayed: start.replayed + missing.length, from: start.from };
}

/** Where a replay begins. */
interface Start {
  /** Behind this line. */
  readonly seq: number;
  readonly from: string;
  readonly replayed: number;
  readonly state?: State;
}

/** The newest checkpoint of the search that is still there, and was made since `origin`. */
function nearest(
  { checkpoints }: RunFolder,
  before: readonly JournalLine[],
  { body }: JournalLine,
): Start | undefined {
  const oldest = Number(field(body, 'keeps') ?? field(body, 'after') ?? 0);
  for (const line of before.toReversed()) {
    const ref = line.job === 'search' ? checkpointOf(line) : undefined;
    if (ref === undefined || line.seq < oldest) continue;
    const path = join(checkpoints, ref.folder);
    if (!isThere(path)) continue;
    const { state } = readCheckpoint(path, ref.hash);
    return { seq: line.seq, from: ref.folder, replayed: 0, state };
  }
  return undefined;
}

/** The beginning, or where the run stood when it became what it is since `origin`. */
async function earlier(
  replay: Replay,
  before: readonly JournalLine[],
  { seq, event }: JournalLine,
): Promise<Start> {
  if (event === 'begin') return { seq, from: 'the beginning', replayed: 0 };
  const until = before.filter((line) => line.seq < seq);
  const { search, replayed, from } = await standing(replay, until);
  const { state } = search;
  search.dispose();
  return { seq, from, replayed, state };
}

/** A search whose steps must say what the journal says. */
interface CheckedSearch {
  readonly state: State;
  /** @throws ArcherError `ARCHER_TRACE` */
  step(line: JournalLine, number: number): Promise<void>;
  dispose(): void;
}

async function begin(
  { folder, options }: Replay,
  place: {
    readonly before: readonly JournalLine[];
    readonly origin: JournalLine;
    state: State | undefined;
  },
): Promise<CheckedSearch> {
  const { dataFolder, lookup, step: _, ...settings } = options;
  const plan = await planRun({ ...originIn(place.origin, folder.root), dataFolder, lookup });
  const engine = await startPlannedEngine(plan, settings);
  const parts = await createRun(plan, engine, () => {});
  const [seed = 0] = plan.seeds;
  const { from, fingerprint } = await factsOf({ plan, seed, engine, parts });
  checkFacts(folder, fingerprint);
  const context = { streams: streamsAt(seed, place.before) };
  const search = await beginSearch(parts, context, { saved: place.state, from });
  return {
    get state() {
      return search.state;
    },
    async step(line, number) {
      const report = await search.step(new AbortController().signal);
      if (textOf(reportBody(report, parts.space)) === textOf(line.body)) return;
      throw anotherWay(folder.root, number);
    },
    dispose: () => search.dispose?.(),
  };
}

/** As the journal writes it: numbers that JSON lacks by name, all others with every digit. */
function textOf(body: State): string {
  return JSON.stringify(encodeState(body));
}

/** Everything but the budget must be as it is: that is the one of the step's time. */
function checkFacts(folder: RunFolder, now: Fingerprint): void {
  const others = besidesStrategy(differences(readFingerprint(folder.fingerprint), now));
  if (others.length > 0) throw drifted(folder.root, others);
}

function noStep(root: string, step: number, steps: number): ArcherError {
  return new ArcherError('ARCHER_TRACE', `The search in ${root} has no step ${step}.`, {
    hint: steps === 0 ? 'It has made none yet.' : `It has made the steps 1 to ${steps}.`,
    exit: EXIT.usage,
  });
}

function anotherWay(root: string, step: number): ArcherError {
  return new ArcherError(
    'ARCHER_TRACE',
    `Made again, step ${step} of ${root} says something else than the journal.`,
    { hint: 'An engine that promises numbers within a tolerance alone does this.' },
  );
}
