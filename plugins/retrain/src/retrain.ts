import type {
  AnySplit,
  Evaluation,
  EvaluationJob,
  Evaluator,
  Job,
  Proposal,
  Report,
  SearchSpace,
  State,
  Streams,
} from '@archer-nas/core';
import { retrainedTable } from './retrained-table.ts';

/** What {@link retrain} asks. */
export interface Retraining<A> {
  readonly space: SearchSpace<A>;
  /** The first is what the search has ended with; each architecture once. */
  readonly models: readonly Evaluation<A>[];
  /** Architectures that the search has judged in all. */
  readonly judged: number;
  /** Says how good they are with weights of their own. */
  readonly truth: Evaluator<A>;
  /** Says which of several is taken; absent: the truth, on `images`. */
  readonly choice?: Evaluator<A> | undefined;
  /** Held out from the trainings; absent where nothing is trained. */
  readonly images: AnySplit | undefined;
  /** What is reported; absent: what `images` say. */
  readonly test?: AnySplit | undefined;
  readonly streams: Streams;
}

interface Saved {
  readonly truth: State;
  readonly choice: State;
}

/** A model of the search with what it has come to when it was trained alone. */
export interface Retrained<A> {
  readonly architecture: A;
  /** By the search; absent for a search that scores nothing. */
  readonly searched: number | undefined;
  /** What is reported. NaN: its training failed. */
  readonly reported: number;
  /** What one of several is taken by. */
  readonly chosenBy: number;
}

/**
 * Trains what a search has selected from scratch, and reports it: the search's own choice, and where
 * there are several what becomes of training all and taking the best by validation. The last step's
 * report is the answer.
 */
export function retrain<A>(parts: Retraining<A>, state?: State): Job {
  const { space, models, truth, choice, images, test, streams } = parts;
  const saved = state as unknown as Saved | undefined;
  const proposals = models.map(({ proposal: { architecture } }): Proposal<A> => {
    return { id: space.id(architecture), architecture };
  });
  const context = { ...(images && { images }), batches: 'all', streams } as const;
  const also = test === undefined ? {} : { also: [test] };
  const jobs = [truth.start(proposals, { ...context, ...also }, saved?.truth)];
  if (choice) jobs.push(choice.start(proposals, context, saved?.choice));
  return {
    get state() {
      return { truth: jobs[0]?.state ?? null, choice: jobs[1]?.state ?? null };
    },
    get progress() {
      const sum = (key: 'done' | 'total') =>
        jobs.reduce((all, { progress }) => all + progress[key], 0);
      return { done: sum('done'), total: sum('total'), unit: jobs[0]?.progress.unit ?? 'step' };
    },
    async step(signal) {
      const job = jobs.find(isOpen);
      const report = job === undefined ? {} : await job.step(signal);
      // What is evaluated here is no evaluation of the search.
      const { evaluations: _, ...own } = report;
      return jobs.some(isOpen) ? own : answer(parts, jobs);
    },
    dispose() {
      for (const job of jobs) job.dispose?.();
    },
  };
}

function isOpen({ progress: { done, total } }: EvaluationJob<unknown>): boolean {
  return done < total;
}

function answer<A>(parts: Retraining<A>, jobs: readonly EvaluationJob<A>[]): Report {
  const { models, judged, truth, test } = parts;
  const [found = [], chosen = found] = jobs.map((job) => job.evaluations());
  const choice = parts.choice ?? truth;
  const retrained = models.map(({ proposal, metrics }, at): Retrained<A> => {
    return {
      architecture: proposal.architecture,
      searched: Object.values(metrics)[0],
      reported: scoreOf(found[at], truth, test?.name),
      chosenBy: scoreOf(chosen[at], choice),
    };
  });
  const metrics = {
    ...summary(retrained, { reported: signOf(truth), chosenBy: signOf(choice) }),
    'retrained-networks': models.length,
    'retrained-epochs': trainedEpochs(truth, found),
    'architectures-judged': judged,
  };
  return {
    metrics: Object.fromEntries(
      Object.entries(metrics).filter(([, value]) => !Number.isNaN(value)),
    ),
    tables: { retrain: retrainedTable(parts, retrained) },
  };
}

/** The metric of an evaluator, on the split of this name where the evaluation has it. */
function scoreOf<A>(
  evaluation: Evaluation<A> | undefined,
  { metrics: [metric] }: Evaluator<A>,
  split?: string,
): number {
  if (evaluation?.status !== 'final') return Number.NaN;
  const { metrics } = evaluation;
  const name = metric?.name ?? '';
  return metrics[`${split}-${name}`] ?? metrics[name] ?? Number.NaN;
}

/** Whether somebody else has trained. */
export function looksUp<A>({ recorded, lookUp }: Evaluator<A>): boolean {
  return recorded === true || lookUp !== undefined;
}

/** Of trainings that were done here: what a table remembers was paid by others. */
function trainedEpochs<A>(truth: Evaluator<A>, found: readonly Evaluation<A>[]): number {
  if (looksUp(truth)) return 0;
  return found.reduce((sum, { cost }) => sum + (cost.epochs ?? 0), 0);
}

/** 1 where more is better, −1 where less is. */
function signOf<A>({ metrics: [metric] }: Evaluator<A>): number {
  return metric?.direction === 'minimise' ? -1 : 1;
}

/** Of the search's choice, and of the one that is best by validation when all are trained. */
function summary<A>(
  all: readonly Retrained<A>[],
  signs: { readonly reported: number; readonly chosenBy: number },
): Record<string, number> {
  const [own = Number.NaN] = all.map(({ reported }) => reported);
  if (all.length < 2) return { retrained: own };
  const usable = all.filter(({ reported, chosenBy }) => !Number.isNaN(reported + chosenBy));
  const most = Math.max(...usable.map(({ chosenBy }) => signs.chosenBy * chosenBy));
  const best =
    usable.find(({ chosenBy }) => signs.chosenBy * chosenBy === most)?.reported ?? Number.NaN;
  const sum = usable.reduce((total, { reported }) => total + reported, 0);
  return {
    retrained: own,
    'retrained-all': best,
    'retrained-all-gain': signs.reported > 0 ? best - own : own - best,
    'retrained-mean': sum / usable.length,
  };
}
