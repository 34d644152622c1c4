import type { Evaluation, Proposal } from './evaluation.ts';
import type { State } from './state.ts';

/** `step` counts optimiser steps, `epoch` passes over the data, `round` strategy rounds. */
export type Unit = 'step' | 'epoch' | 'round' | 'evaluation';

/** How far a job is. It has finished when `done` reaches `total`. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly unit: Unit;
}

/** A table as it is shown and exported; a cell is `null` where there is no value. */
export interface Table {
  readonly title?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** Lines under the table: protocol, sizes, "not comparable". */
  readonly notes?: readonly string[];
}

/** Consecutive evaluations of one search, or of several that came one after the other. */
export interface EvaluatedBatch {
  /** As in `History`. */
  readonly arm: string;
  /** Of the log's first history; the others are the repetitions after that. */
  readonly repeat: number;
  /** How many evaluations the first search had before. */
  readonly from: number;
  /** What `EvaluationLog.from` reads. */
  readonly log: State;
}

/** What one step has to tell. The runtime journals it; the job itself writes nothing. */
export interface Report {
  /** Part of the result: bit for bit the same on every run of the same manifest and seed. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** Measurements of this machine (seconds, bytes); never compared, never an input. */
  readonly telemetry?: Readonly<Record<string, number>>;
  readonly tables?: Readonly<Record<string, Table>>;
  readonly proposals?: readonly Proposal<unknown>[];
  readonly evaluations?: readonly Evaluation<unknown>[];
  /** Evaluations of steps that make them by the thousand, instead of `evaluations`. */
  readonly evaluated?: readonly EvaluatedBatch[];
  /** Things a reader of the run should know, in whole sentences. */
  readonly notes?: readonly string[];
}

/** One kind of work that a job consists of, to be timed apart from the others. */
export interface Phase {
  readonly name: string;
  /**
   * May use up the job whose phase it is, which is then good for nothing but other samples. The
   * sample is disposed before that job.
   */
  sample(): Promise<Sample>;
}

/** Some of a phase's work. */
export interface Sample {
  /** Does this work and no other. */
  readonly job: Job;
  /** How many times the whole phase has that work, from its beginning to its end. */
  readonly times: number;
}

/**
 * Anything that takes long: a search, a study, one training. Its life: somebody calls
 * `step` until `progress.done` reaches `progress.total`, reads `state` whenever it wants to
 * save, and may throw the object away and make a new one from that state at any time.
 */
export interface Job {
  /** A snapshot of everything that changes between steps; nothing else survives a step. */
  readonly state: State;
  readonly progress: Progress;
  /**
   * Kinds of work that take differently long, for estimates; absent: all steps are alike, and
   * each of them adds to `progress`.
   */
  readonly phases?: readonly Phase[];
  /** One unit of work. When `signal` aborts it may reject; the step then never happened. */
  step(signal: AbortSignal): Promise<Report>;
  /** Frees tensors and buffers. Called once, after the last use. */
  dispose?(): void;
}
