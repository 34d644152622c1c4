import type { JournalLine, Manifest, Table } from '@archer-nas/core';

/** What a search or a study answered. */
export interface Answer {
  readonly metrics: Readonly<Record<string, number>>;
  readonly tables: Readonly<Record<string, Table>>;
  readonly notes: readonly string[];
}

/** A study's answer, and at which progress of the search it was asked. */
export interface StudyAnswer extends Answer {
  /** Position in the manifest's list. */
  readonly index: number;
  readonly id: string;
  readonly searchAt: number;
}

/** An architecture in its space's notation, and what is known of it. */
export interface BestArchitecture {
  readonly architecture: string;
  readonly metrics: Readonly<Record<string, number>>;
}

/** The result of a finished run. */
export interface RunResult {
  readonly experiment: string;
  readonly profile: string;
  readonly seed: number;
  readonly identity: string;
  readonly search: Answer & { readonly best: readonly BestArchitecture[] };
  readonly studies: readonly StudyAnswer[];
}

/** What a run's numbers depend on, as far as a report shows it. */
export interface RunFingerprint {
  readonly plugins: Readonly<Record<string, string>>;
  readonly core: string;
  readonly node: string;
  readonly engine: { readonly class: string; readonly description: string } | null;
  readonly dataHash: string | null;
  readonly machine: { readonly platform: string; readonly cpu: string; readonly cores: number };
}

/**
 * A run as the reports need it. What the runtime reads from a run folder is one; this package
 * reads no files.
 */
export interface RunRecord {
  readonly folder: string;
  readonly status: 'finished' | 'unfinished';
  /** As the run was begun, also of one that is not finished; absent where nobody knows. */
  readonly profile?: string | undefined;
  readonly seed?: number | undefined;
  readonly manifest: Manifest | undefined;
  readonly fingerprint: RunFingerprint | undefined;
  readonly result: RunResult | undefined;
  /** The journal without what resumes replaced. */
  readonly lines: readonly JournalLine[];
}
