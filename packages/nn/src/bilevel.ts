import type { State, Streams } from '@archer-nas/core';
import type { tf } from '@archer-nas/engine';
import type { Batch } from './batches.ts';
import type { Gradients } from './clipping.ts';
import type { Mixture, MixtureGradients, Rows } from './mixture.ts';
import type { AnyBatch } from './model.ts';
import type { BatchNormMode, Network, Site, SupernetTask } from './network.ts';

/** Values that stand in for the supernet's weights: w', w±. Freed at the end of the step. */
export type WeightValues = ReadonlyMap<string, tf.Tensor>;

/** How a batch is looked at. */
export interface LossOptions {
  /** Other weights than the supernet's own. */
  readonly at?: WeightValues;
  /** `running` needs a modifier that asks for running statistics; default `batch`. */
  readonly batchNorm?: Exclude<BatchNormMode, 'train'>;
}

/**
 * L(w, p) on one batch, and what else a supernet says about it. Nothing that is asked of it changes
 * w or running statistics.
 */
export interface BatchLoss {
  value(mixture: Mixture, options?: LossOptions): number;
  /** How much of the batch is right, in percent: images, or next tokens. */
  accuracy(mixture: Mixture, options?: LossOptions): number;
  /** Freed at the end of the step. */
  gradients(
    mixture: Mixture,
    by: readonly ('weights' | 'mixture')[],
    options?: LossOptions,
  ): LossGradients;
}

/** What a loss tells of its slope. */
export interface LossGradients extends Pick<MixtureGradients, 'gradients' | 'rows'> {
  /** ∂loss/∂scale by decision; absent where the loss knows no scales. */
  readonly scales?: Float64Array;
}

/** The supernet's weights w as a point to move from. */
export interface WeightPoint {
  /**
   * w after one step of their optimiser with these gradients: momentum and decay included.
   *
   * @param scale multiplies the gradients: a clip coefficient; default 1
   */
  afterStep(gradients: Gradients, scale?: number): WeightValues;
  /** −∂w/∂gradient of that step: η, or (1 + μ)η with Nesterov's momentum. */
  readonly rate: number;
  /** w + factor × direction. */
  moved(direction: Gradients, factor: number): WeightValues;
}

/** One step of a bilevel search, as relaxations and modifiers see it. */
export interface BilevelStep {
  /** Steps that are complete. */
  readonly step: number;
  /** Epochs that are complete. */
  readonly epoch: number;
  /** Epochs of the whole search. */
  readonly epochs: number;
  /** Epochs before the relaxation learns. */
  readonly alphaFrom: number;
  /** η of the weights in this epoch. */
  readonly learningRate: number;
  readonly streams: Streams;
  readonly train: BatchLoss;
  /** Read when it is first asked for; of a relaxation that is `trainOnly`, `train` again. */
  readonly valid: BatchLoss;
  readonly weights: WeightPoint;
}

/** α as a point where a loss can be looked at: for studies of the loss around it. */
export interface AlphaPoint {
  readonly alpha: Rows;
  /** λ of α's optimiser: it adds λ to the diagonal of the Hessian. */
  readonly weightDecay: number;
  /** What the supernet runs at any α; in a {@link RelaxedView} as modifiers complete it. */
  mixture(alpha: Rows): Mixture;
  /** ∇_α of a loss at any α; first order. */
  gradient(alpha: Rows, loss: BatchLoss): Rows;
}

/** What a bilevel search shows to studies of its loss. */
export interface RelaxedView extends Omit<AlphaPoint, 'gradient'> {
  /** ∇_α of the loss on a batch, with the statistics of the batch; w stays. */
  gradientAt(alpha: Rows, batch: Batch): Rows;
}

/**
 * A relaxed choice of architecture: its parameters, and what a supernet runs under them. What it
 * draws in a step is a function of the step's streams. With neither `update` nor `observe` it
 * learns nothing, and a selection has to choose.
 */
export interface Relaxation {
  /** Moves the parameters, before or after the weight step. Gives metrics for the report. */
  update?(step: BilevelStep): Readonly<Record<string, number>>;
  /** What the weight step trains. */
  weightMixture(step: BilevelStep): Mixture;
  /**
   * Moves the parameters by ∂loss/∂p of {@link weightMixture} at the weights before their step: from
   * the weight step's pass, unless a modifier has replaced the mixture there.
   */
  observe?(rows: Rows, step: BilevelStep): Readonly<Record<string, number>>;
  /** Absent where the loss is no function of α alone. */
  readonly point?: AlphaPoint;
  /** How probable each option is now; the space derives an architecture from it. */
  readonly probabilities: Rows;
  /** What the space derives an architecture from instead, where decisions compete. */
  readonly scores?: Rows;
  readonly state: State;
}

/** Makes relaxations; what a plugin of kind `relaxation` creates. */
export interface RelaxationRecipe {
  /** It looks at train images alone, so that the search needs no others. */
  readonly trainOnly?: boolean;
  /** It never takes a gradient by the mixture, from which a modifier might learn as well. */
  readonly blind?: boolean;
  /** `each`: it weighs inputs one by one, where the space has such sites; see SupernetTask. */
  readonly inputs?: SupernetTask['inputs'];
  /** @param sites those of the supernet */
  begin(sites: readonly Site[], streams: Streams, saved?: State): Relaxation;
}

/**
 * Changes how a bilevel search runs, and composes with others through the manifest's `with`;
 * what a plugin of kind `modifier` creates. Each hook is optional. Hooks of one modifier get
 * what those of the modifiers before it have made.
 */
export interface Modifier {
  /** Whether the weight step keeps running statistics of batch norm. */
  readonly runningStatistics?: boolean;
  /** Into how many trainings from scratch the search is divided; default 1. */
  readonly stages?: number;
  /** Changes what the supernet of a stage is built for: its depth, its channels. */
  task?(task: SupernetTask, stage: number): SupernetTask;
  /** Wraps the supernet. */
  network?(network: Network): Network;
  /** Begins its part of a stage, where it has something to learn, to remember or to name. */
  begin?(context: ModifierContext, saved?: State): Modification;
  /** Replaces the mixture that the weight step trains. */
  weightMixture?(mixture: Mixture, step: BilevelStep): Mixture;
}

/** What a modifier begins with. */
export interface ModifierContext {
  /** Counted from 0. */
  readonly stage: number;
  /** Of the supernet that is trained. */
  readonly sites: readonly Site[];
  readonly streams: Streams;
}

/** Where a search is. */
export type BilevelMoment = Pick<BilevelStep, 'step' | 'epoch' | 'epochs' | 'alphaFrom'>;

/** The same, at a batch of a split. */
export interface BatchMoment extends BilevelMoment {
  readonly split: 'train' | 'valid';
}

/** A search at the end of an epoch. */
export interface EpochEnd {
  /** The epoch of the stage that has ended, counted from 0. */
  readonly epoch: number;
  /** α as it is now. @throws ArcherError where the loss is no function of α alone */
  readonly point: AlphaPoint;
  /** On the last batch of the epoch, with nothing dropped. */
  readonly valid: BatchLoss;
  /** Of the weights. */
  readonly weightDecay: number;
}

/** How a search goes on after an epoch; with none of it, as before. */
export interface EpochVerdict {
  /** For the report. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** For how many epochs the state of now is kept, to go back to. */
  readonly keepFor?: number;
  /** Ends the search, with the architecture of this earlier epoch. */
  readonly stopAt?: number;
  /** Goes on from the kept state of an earlier epoch, with another decay of the weights. */
  readonly backTo?: { readonly epoch: number; readonly weightDecay: number };
}

/** A modifier's part of one stage. */
export interface Modification {
  readonly state: State;
  /**
   * Completes every mixture that a loss is asked about, in either step and in studies: scales,
   * drops. What the relaxation and the other hooks see is the mixture without it.
   */
  mixture?(mixture: Mixture, at: BilevelMoment): Mixture;
  /** Changes a batch of either step: takes it over, or gives it back as it is. */
  batch?(batch: AnyBatch, at: BatchMoment): AnyBatch;
  /** Moves what it learns, after the relaxation's step, by the last validation gradients of that. */
  update?(gradients: LossGradients, at: BilevelMoment): void;
  /**
   * What the space derives an architecture from, in place of the probabilities.
   *
   * @param kept names, by decision, the option in the architecture that rows stand for; '' where
   * that has none of them
   */
  scores?(probabilities: Rows, kept: (rows: Rows) => readonly string[]): Rows;
  /** Looks at the search when an epoch ends, and says how it goes on. */
  epochEnd?(end: EpochEnd): EpochVerdict;
  /** At the end of a stage: the options that the next one has, per decision, ascending. */
  keep?(probabilities: Rows): readonly (readonly number[])[];
}
