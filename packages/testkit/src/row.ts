// biome-ignore-all lint/suspicious/noExplicitAny: architecture types meet in the manifest
import { fileURLToPath } from 'node:url';
import type { Block, EngineInfo, Kind, Plugin } from '@archer-nas/core';
import { expect } from 'vitest';
import { capabilityChecks } from './capability-contract.ts';
import { type Check, describeChecks } from './check.ts';
import { checkGolden, type Golden } from './golden.ts';
import { checkElsewhere, collector } from './other-process.ts';
import type { Blocks } from './parts.ts';
import { traceHash } from './trace-text.ts';

/** What every row of the kit says: where the plugin is from, and the manifest around it. */
export interface Row {
  /** The folder of the plugin's package: `new URL('..', import.meta.url)`. */
  readonly package: URL;
  /** Every plugin that the blocks name; the kit's toys are there anyway. */
  readonly plugins: readonly Plugin<any, any>[];
  /** Tells rows of one plugin apart. */
  readonly variant?: string;
  /** Default: toy bit strings. */
  readonly space?: Block;
  readonly data?: Block;
  readonly evaluator?: Block;
  readonly objective?: Block;
  readonly strategy?: Block;
  readonly study?: readonly Block[];
  readonly engine?: EngineInfo;
  /** Default 0. */
  readonly seed?: number;
}

/** What a plugin did on its row's toy. */
export interface Trace {
  /** What the golden trace freezes: decisions, proposals, metrics; not how states are laid out. */
  readonly golden: Golden;
  /** All there is, states included: bit for bit the same in every process of one engine class. */
  readonly whole: unknown;
}

/** A row of a certain kind. */
export interface RowSubject {
  readonly kind: Kind;
  readonly use: string;
  readonly row: Row;
  /** The contract of the kind. */
  readonly checks: readonly Check[];
  /** The manifest that the plugin is tried in. */
  manifest(): Blocks;
  trace(): Promise<Trace>;
}

/** A plugin that some row of this test file checks. */
export interface KnownRow {
  readonly name: string;
  /** Its golden trace; absent of kinds that decide nothing: trackers, launchers. */
  readonly golden?: string;
}

/** The check that starts a process. */
export const ELSEWHERE_CHECK =
  'does the same in another process: time zone, language, folder and order differ';
/** The check that reads the committed trace. */
export const GOLDEN_CHECK = 'R37 repeats its golden trace';

const known: KnownRow[] = [];

/** The rows that this test file has declared so far. */
export function declaredRows(): readonly KnownRow[] {
  return known;
}

/** Notes that this test file checks a plugin by a contract without a trace. */
export function declareRow(kind: Kind, id: string): void {
  known.push({ name: `${kind}:${id}` });
}

/** All checks of a row: its kind's contract, and what every kind promises. */
export function rowChecks(subject: RowSubject): readonly Check[] {
  const { row, checks } = subject;
  const title = rowTitle(subject);
  return [
    ...checks,
    ...capabilityChecks(subject),
    {
      name: ELSEWHERE_CHECK,
      run: () => checkElsewhere(title, async () => traceHash((await subject.trace()).whole)),
      timeoutMs: 180_000,
    },
    {
      name: GOLDEN_CHECK,
      run: async () => checkGolden(goldenFile(subject), title, (await subject.trace()).golden),
    },
    {
      name: 'traces the same twice',
      run: async () => {
        const [first, second] = [await subject.trace(), await subject.trace()];
        expect(traceHash(second.whole)).toBe(traceHash(first.whole));
        expect(row.package.pathname.endsWith('/'), 'package is the URL of a folder').toBe(true);
      },
    },
  ];
}

/** Registers a row's checks as tests, or, in the process of {@link checkElsewhere}, its trace. */
export function describeRow(subject: RowSubject): void {
  const title = rowTitle(subject);
  const elsewhere = collector();
  if (elsewhere) {
    elsewhere.set(title, async () => traceHash((await subject.trace()).whole));
    return;
  }
  known.push({ name: `${subject.kind}:${subject.use}`, golden: goldenName(subject) });
  describeChecks(title, rowChecks(subject));
}

function rowTitle({ kind, use, row }: RowSubject): string {
  return `${kind} ${use}${row.variant === undefined ? '' : `, ${row.variant}`}`;
}

function goldenName({ kind, use, row }: RowSubject): string {
  const words = [kind, use, ...(row.variant?.split(/[^a-z0-9]+/i).filter(Boolean) ?? [])];
  return `${words.join('-').toLowerCase()}.txt`;
}

function goldenFile(subject: RowSubject): string {
  return fileURLToPath(new URL(`golden/${goldenName(subject)}`, subject.row.package));
}
