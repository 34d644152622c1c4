import type { State, Streams, TextSplit } from '@archer-nas/core';
import {
  clipCoefficient,
  globalNorm,
  gradientNorms,
  lossAndGradients,
  type Model,
  ParameterStore,
  type Schedule,
  Sgd,
  TokenBatches,
  textLoss,
  WeightCopy,
  type Window,
} from '@archer-nas/nn';
import type { LanguageTrainOptions } from './language-options.ts';
import { languageRate, stagnates } from './language-schedule.ts';
import type { AloneTraining, Metrics } from './training-job.ts';

/** What the training of one language model is made of. */
export interface LanguageParts {
  /** Without sites. */
  readonly model: Model;
  readonly options: LanguageTrainOptions;
  readonly streams: Streams;
  /** Parallel streams of a training batch. */
  readonly lanes: number;
  /** Tokens of each lane per batch; about as many where windows vary. */
  readonly window: number;
  readonly train: TextSplit;
  /** What decides about averaging and about the best epoch; absent: nothing does. */
  readonly valid: TextSplit | undefined;
  readonly scored: { readonly texts: readonly TextSplit[]; readonly batches: 'all' | number };
  windowsOf(epoch: number): readonly Window[];
}

/** Where a training is. */
interface Position {
  readonly epoch: number;
  /** Windows of the epoch that are complete. */
  readonly window: number;
  /** Optimiser steps since the beginning. */
  readonly steps: number;
  /** Sum of the losses of the epoch's tokens, and how many they are. */
  readonly loss: number;
  readonly tokens: number;
  /** Iterates in the average; `null`: none is taken yet. */
  readonly averaged: number | null;
}

const START: Position = { epoch: 0, window: 0, steps: 0, loss: 0, tokens: 0, averaged: null };

interface SavedTraining {
  readonly at: Position;
  /** Valid losses by epoch. */
  readonly history: Float64Array;
  readonly parameters: State;
  readonly velocities: State;
  readonly average: State;
  readonly best: State;
  readonly carried: State;
}

/**
 * The training of one language model: SGD through windows whose state is carried on, which begins
 * to average its iterates (NT-ASGD) when the valid loss no longer falls. What is scored is the
 * average, once there is one.
 */
export class LanguageTraining implements AloneTraining {
  readonly #parts: LanguageParts;
  readonly #store: ParameterStore;
  readonly #sgd: Sgd;
  readonly #average: WeightCopy;
  readonly #best: WeightCopy;
  readonly #text: TokenBatches;
  readonly #rate: Schedule;
  readonly #history: number[];
  #at: Position;
  /** The windows of the epoch: derived, not saved. */
  #windows: readonly Window[];

  constructor(parts: LanguageParts, state?: State) {
    const { model, options, streams, lanes, window, train } = parts;
    const saved = state as unknown as SavedTraining | undefined;
    this.#parts = parts;
    this.#store = new ParameterStore(model.parameters, streams.scope('init'), saved?.parameters);
    const { weightDecay } = options;
    this.#sgd = new Sgd(this.#store, { weightDecay }, saved?.velocities);
    this.#average = new WeightCopy(this.#store, saved?.average);
    this.#best = new WeightCopy(this.#store, saved?.best);
    this.#text = new TokenBatches(train, { lanes, window, noise: streams }, saved?.carried);
    this.#rate = languageRate(options);
    this.#history = [...(saved?.history ?? [])];
    this.#at = saved?.at ?? START;
    this.#windows = parts.windowsOf(this.#at.epoch);
  }

  get state(): State {
    const saved: SavedTraining = {
      at: this.#at,
      history: Float64Array.from(this.#history),
      parameters: this.#store.state,
      velocities: this.#sgd.state,
      average: this.#average.state,
      best: this.#best.state,
      carried: this.#text.state,
    };
    return saved as unknown as State;
  }

  step(): Metrics | undefined {
    if (this.#at.window === this.#windows.length) this.#beginEpoch();
    const { window, loss, tokens, steps, averaged } = this.#at;
    const result = this.#update(this.#windows[window] as Window); // the epoch has not ended
    if (averaged !== null) this.#average.move(this.#store, 1 / (averaged + 1));
    this.#at = {
      ...this.#at,
      window: window + 1,
      steps: steps + 1,
      loss: loss + result.loss,
      tokens: tokens + result.tokens,
      averaged: averaged === null ? null : averaged + 1,
    };
    return this.#at.window < this.#windows.length ? undefined : this.#endEpoch();
  }

  score(): Metrics {
    const { scored, options } = this.#parts;
    const { values } =
      options.keep === 'best' && this.#best.values.size > 0 ? this.#best : this.#average;
    const found = scored.texts.map((text, at) =>
      predictionMetrics(
        this.#lossOn(text, values, scored.batches),
        at === 0 ? '' : `${text.name}-`,
      ),
    );
    return Object.assign({}, ...found, { 'train-loss': this.#at.loss / this.#at.tokens });
  }

  dispose(): void {
    for (const part of [this.#store, this.#sgd, this.#average, this.#best, this.#text]) {
      part.dispose();
    }
  }

  #beginEpoch(): void {
    const epoch = this.#at.epoch + 1;
    this.#at = { ...this.#at, epoch, window: 0, loss: 0, tokens: 0 };
    this.#windows = this.#parts.windowsOf(epoch);
  }

  /** Metrics of the epoch, and what its valid loss decides. */
  #endEpoch(): Metrics {
    const { epoch, loss, tokens, averaged } = this.#at;
    const { valid, options } = this.#parts;
    const train = loss / tokens;
    const metrics = { epoch: epoch + 1, 'train-loss': train, 'train-perplexity': Math.exp(train) };
    if (valid === undefined) return metrics;
    const found = this.#lossOn(valid, this.#average.values, 'all');
    const best = Number.isFinite(found) && !this.#history.some((before) => before <= found);
    if (best && options.keep === 'best') this.#best.move(this.#store, 1, this.#average.values);
    const { nonMonotone } = options;
    const begins =
      averaged === null && nonMonotone !== null && stagnates(found, this.#history, nonMonotone);
    if (begins) this.#at = { ...this.#at, averaged: 0 };
    this.#history.push(found);
    const own = { lr: this.#rate(epoch), averages: averaged === null ? 0 : 1 };
    return { ...metrics, ...own, ...predictionMetrics(found) };
  }

  /** One step of SGD; the sum of the losses of the window's tokens. */
  #update(window: Window) {
    const { model, options, window: usual } = this.#parts;
    const batch = this.#text.read(window, this.#at.steps);
    const result = lossAndGradients(model, this.#store, [], batch, { training: true });
    try {
      const { clip, windows } = options;
      const scale =
        clip === null ? 1 : clipCoefficient(globalNorm(gradientNorms(result.gradients)), clip);
      // AWD-LSTM: shorter windows have smaller steps.
      const share = windows === 'varied' ? window.steps / usual : 1;
      const learningRate = this.#rate(this.#at.epoch) * share;
      this.#sgd.step(result.gradients, { learningRate, scale });
      if (result.carried) this.#text.carry(result.carried);
      let loss = 0; // without what training adds to it
      for (const value of result.perSample.dataSync()) loss += value;
      return { loss, tokens: batch.size };
    } finally {
      result.dispose();
    }
  }

  /** In nats per token, with values in place of the store's own where there are any. */
  #lossOn(text: TextSplit, values: WeightCopy['values'], batches: 'all' | number): number {
    const { model, options, window } = this.#parts;
    const how = { lanes: options.evaluationLanes, window, batches };
    return this.#store.at(values, (source) => textLoss(model, source, [], text, how));
  }
}

/** Perplexity and bits of a loss in nats per token. */
function predictionMetrics(loss: number, prefix = ''): Metrics {
  return { [`${prefix}perplexity`]: Math.exp(loss), [`${prefix}bits-per-token`]: loss / Math.LN2 };
}
