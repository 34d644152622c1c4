import {
  ArcherError,
  type Evaluation,
  type EvaluationContext,
  type EvaluationJob,
  type Evaluator,
  isText,
  type Proposal,
  type Report,
  type State,
  type TextSplit,
} from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { pathGates } from './gates.ts';
import type { Model } from './model.ts';
import type { Gate, ParameterSource, Path } from './network.ts';
import { TokenBatches, type WindowOptions } from './token-batches.ts';

/** What {@link languageEvaluator} needs. */
export interface LanguageEvaluatorOptions<A> extends Omit<WindowOptions, 'noise'> {
  readonly model: Model;
  /** Read at every step: training in between changes the scores. */
  readonly parameters: ParameterSource;
  /** The options that an architecture takes at the model's sites. */
  readonly path: (a: A) => Path;
}

/** How a loss is taken over a text. */
export interface TextLossOptions extends Omit<WindowOptions, 'noise'> {
  /** The window to begin with, to which nothing is carried. */
  readonly first?: number;
  /** How many windows from there. */
  readonly batches?: 'all' | number;
}

/**
 * Mean cross-entropy per token in nats, without dropout; the state is carried from window to
 * window. Batch norm, where there is any, has the statistics of the lanes.
 */
export function textLoss(
  model: Model,
  parameters: ParameterSource,
  gates: readonly Gate[],
  text: TextSplit,
  { first = 0, batches = 'all', ...windows }: TextLossOptions,
): number {
  const source = new TokenBatches(text, windows);
  const end = batches === 'all' ? source.length : Math.min(first + batches, source.length);
  let [sum, tokens] = [0, 0];
  for (let step = first; step < end; step++) {
    const batch = source.at(step);
    tf.tidy(() => {
      const { mean, carried } = model.loss(batch, gates, { parameters, batchNorm: 'batch' });
      sum += batch.size * (mean.dataSync()[0] ?? Number.NaN);
      if (carried) source.carry(carried);
    });
    tokens += batch.size;
  }
  source.dispose();
  return sum / tokens;
}

/**
 * How well each proposal predicts `context.images`, a text, with inherited weights: metrics
 * `perplexity`, e to the mean loss, and `bits-per-token`. A step of its jobs is one proposal.
 */
export function languageEvaluator<A>(options: LanguageEvaluatorOptions<A>): Evaluator<A> {
  const { lanes, window } = options;
  return {
    metrics: [
      { name: 'perplexity', unit: '', direction: 'minimise' },
      { name: 'bits-per-token', unit: 'bit', direction: 'minimise' },
    ],
    description: `perplexity with inherited weights, ${lanes} lanes, windows of ${window} tokens`,
    start: (proposals, context, saved) => new LanguageJob(options, proposals, context, saved),
  };
}

class LanguageJob<A> implements EvaluationJob<A> {
  readonly #options: LanguageEvaluatorOptions<A>;
  readonly #proposals: readonly Proposal<A>[];
  readonly #text: TextSplit;
  readonly #batches: EvaluationContext['batches'];
  /** Of the proposals that are finished. */
  readonly #losses: number[];

  constructor(
    options: LanguageEvaluatorOptions<A>,
    proposals: readonly Proposal<A>[],
    { images: text, batches }: EvaluationContext,
    saved: State | undefined,
  ) {
    if (text === undefined || !isText(text)) {
      throw new ArcherError(
        'ARCHER_TEXT_MISSING',
        'A language model is scored on text; none given.',
      );
    }
    this.#options = options;
    this.#proposals = proposals;
    this.#text = text;
    this.#batches = batches;
    this.#losses = [...((saved as Float64Array | undefined) ?? [])];
  }

  get state(): State {
    return Float64Array.from(this.#losses);
  }

  get progress() {
    const { length: total } = this.#proposals;
    return { done: this.#losses.length, total, unit: 'evaluation' } as const;
  }

  async step(signal: AbortSignal): Promise<Report> {
    signal.throwIfAborted();
    const proposal = this.#proposals[this.#losses.length];
    if (proposal === undefined) return {};
    const { model, parameters, path, lanes, window } = this.#options;
    const gates = pathGates(path(proposal.architecture));
    const options = { lanes, window, batches: this.#batches };
    this.#losses.push(textLoss(model, parameters, gates, this.#text, options));
    return { evaluations: this.evaluations().slice(-1) };
  }

  evaluations(): readonly Evaluation<A>[] {
    return this.#losses.map((loss, at) => {
      const proposal = this.#proposals[at] as Proposal<A>; // there is a loss of it
      const metrics = { perplexity: Math.exp(loss), 'bits-per-token': loss / Math.LN2 };
      return { proposal, metrics, cost: {}, status: 'final' };
    });
  }
}
