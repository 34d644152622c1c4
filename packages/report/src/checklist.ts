import { duration } from './number-text.ts';
import type { RunRecord } from './record.ts';
import { runReport } from './run-report.ts';

/** A point of the checklist, and what the runs say to it; `undefined`: they do not. */
export interface ChecklistItem {
  readonly part: 'Releasing code' | 'Comparing methods' | 'Reporting details';
  readonly question: string;
  readonly answer: string | undefined;
}

type Answer = (facts: Facts) => string | undefined;

/**
 * The checklist of Lindauer and Hutter, Best Practices for Scientific Research on Neural
 * Architecture Search (JMLR 21, 2020), with what a tool can answer from the runs of an
 * experiment. What it cannot know, like how hyperparameters were tuned, it leaves open.
 */
export function checklist(records: readonly RunRecord[]): ChecklistItem[] {
  const facts = factsOf(records);
  return ITEMS.map(([part, question, answer]) => ({ part, question, answer: answer(facts) }));
}

const ITEMS: readonly (readonly [ChecklistItem['part'], string, Answer])[] = [
  [
    'Releasing code',
    'Code of the training that evaluates the final architectures',
    ({ plugins }) => join(plugins(/^(?:study\.\d+\.truth|evaluator) (?:evaluator|benchmark):/)),
  ],
  ['Releasing code', 'Code of the search space', ({ plugins }) => join(plugins(/^space /))],
  [
    'Releasing code',
    'Hyperparameters and seeds of the final evaluation',
    ({ hasTruth, seeds }) => (hasTruth ? inManifest(seeds) : undefined),
  ],
  ['Releasing code', 'Code of the search method', ({ plugins }) => join(plugins(/^strategy/))],
  [
    'Releasing code',
    'Hyperparameters and seeds of the search method',
    ({ hasManifest, seeds }) => (hasManifest ? inManifest(seeds) : undefined),
  ],
  [
    'Comparing methods',
    'The same data, space and training for all methods compared',
    ({ baselines, arms }) => {
      if (arms.length > 1) return `one space and one evaluator for ${arms.join(', ')}`;
      if (baselines.length === 0) return undefined;
      return `the same architectures and truth for ${baselines.join(', ')}`;
    },
  ],
  ['Comparing methods', 'Confounding factors controlled', ({ circumstances }) => circumstances],
  ['Comparing methods', 'Ablation studies', () => undefined],
  [
    'Comparing methods',
    'Performance over time, not at one point',
    ({ hasBudgets }) => (hasBudgets ? 'at several budgets; see the studies' : undefined),
  ],
  [
    'Comparing methods',
    'Comparison with random search',
    ({ baselines, arms }) => {
      const random = [...arms, ...baselines].filter((name) => /random/.test(name));
      return random.length > 0 ? `with ${random.join(', ')}` : undefined;
    },
  ],
  [
    'Comparing methods',
    'Several runs, with their seeds',
    ({ seeds, times }) => repeats(seeds, times),
  ],
  [
    'Comparing methods',
    'Tabular or surrogate benchmarks',
    ({ plugins }) => join(plugins(/ benchmark:/)),
  ],
  ['Reporting details', 'How hyperparameters were tuned, and what that took', () => undefined],
  [
    'Reporting details',
    'Time of the whole method, end to end',
    ({ seconds }) => (seconds > 0 ? `${duration(seconds)}, all jobs of all seeds` : undefined),
  ],
  [
    'Reporting details',
    'All details of the setup',
    ({ hasManifest, hasFingerprint }) =>
      hasManifest && hasFingerprint
        ? 'resolved manifest, versions, engine, data and machine below'
        : undefined,
  ],
];

interface Facts {
  readonly plugins: (place: RegExp) => readonly string[];
  readonly seeds: readonly number[];
  readonly hasManifest: boolean;
  readonly hasFingerprint: boolean;
  readonly hasTruth: boolean;
  readonly hasBudgets: boolean;
  readonly arms: readonly string[];
  readonly baselines: readonly string[];
  /** Repetitions inside of a run. */
  readonly times: number | undefined;
  readonly seconds: number;
  readonly circumstances: string | undefined;
}

function factsOf(records: readonly RunRecord[]): Facts {
  const [first] = records;
  const used = Object.entries(first?.fingerprint?.plugins ?? {});
  const { study = [], strategy } = first?.manifest ?? {};
  const reports = records.map(runReport);
  const tables = reports.flatMap(({ jobs }) => jobs.flatMap((job) => Object.values(job.tables)));
  const metrics = reports.flatMap(({ jobs }) => jobs.flatMap((job) => Object.keys(job.metrics)));
  const arms = Array.isArray(strategy?.arms) ? strategy.arms : [];
  const times = strategy?.times;
  return {
    plugins: (place) => [
      ...new Set(used.filter(([key]) => place.test(key)).map(([, name]) => name)),
    ],
    seeds: records.flatMap(({ result }) => (result === undefined ? [] : [result.seed])),
    hasManifest: first?.manifest !== undefined,
    hasFingerprint: first?.fingerprint !== undefined,
    hasTruth: study.some((block) => block.truth !== undefined),
    hasBudgets: tables.some(({ columns }) => columns[0] === 'arm' || columns[0] === 'epoch'),
    arms: arms.map((arm) => String((arm as { readonly name?: unknown }).name)),
    baselines: [...new Set(metrics.flatMap((key) => /^baseline\/([^/]+)\//.exec(key)?.[1] ?? []))],
    times: typeof times === 'number' ? times : undefined,
    seconds: reports.reduce((sum, { seconds }) => sum + total(seconds), 0),
    circumstances: circumstances(records),
  };
}

/** Whether all runs had the same engine, versions and machine. */
function circumstances(records: readonly RunRecord[]): string | undefined {
  const all = records.map(({ fingerprint: f }) =>
    f === undefined
      ? undefined
      : [f.engine?.class ?? 'no engine', f.core, f.machine.cpu].join(', '),
  );
  const known = [...new Set(all)];
  if (known.includes(undefined) || known.length === 0) return undefined;
  if (known.length > 1) return `not: the runs differ (${known.join('; ')})`;
  return `engine, versions and processor are the same in all runs: ${known[0]}`;
}

const total = (seconds: Readonly<Record<string, number>>): number =>
  Object.values(seconds).reduce((sum, value) => sum + value, 0);

const join = (names: readonly string[]): string | undefined =>
  names.length === 0 ? undefined : names.join(', ');

const inManifest = (seeds: readonly number[]): string | undefined =>
  seeds.length === 0 ? undefined : `in the manifest below; seeds ${seeds.join(', ')}`;

function repeats(seeds: readonly number[], times: number | undefined): string | undefined {
  if (times !== undefined && times > 1) return `${times} repetitions from seed ${seeds.join(', ')}`;
  if (seeds.length === 0) return undefined;
  if (seeds.length === 1) return `no: one run, of seed ${seeds[0]}`;
  return `${seeds.length} runs, of the seeds ${seeds.join(', ')}`;
}
