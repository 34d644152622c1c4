import type { Choice, Decision, Stream } from '@archer-nas/core';
import { softmax } from './distribution.ts';
import { lstmLayout, type Table } from './lstm-layout.ts';
import type { LstmOptions } from './options.ts';
import { choiceOf, type Move, movesThrough } from './plan.ts';
import type { Choose, Policy, Token, Walk } from './policy.ts';
import { Tape, type Vector, vector } from './tape.ts';

/** A node that later decisions may point at: its state, and W₁ times it. */
interface Anchor {
  readonly h: Vector;
  readonly w1h: Vector;
}

/**
 * ENAS's controller: an LSTM without biases, one token per decision.
 * A category's logits are those of its softmax, and its embedding is the next input. Inputs and
 * connection bits attend to the nodes before, u_j = vᵀ tanh(W₁ h_j + W₂ h): of inputs one is
 * taken, and its anchor is the next input; each bit has the logits (−u_j, u_j), and the next input
 * is Σ chosen anchors / (1 + their number). Logits are ℓ = c tanh(u / T).
 *
 * @param init fresh parameters are drawn from it; saved ones are copied
 */
export function lstmPolicy(
  decisions: readonly Decision[],
  options: LstmOptions,
  init: Stream | Float64Array,
): Policy {
  const layout = lstmLayout(decisions, options);
  const isSaved = init instanceof Float64Array;
  const θ = isSaved ? init.slice() : layout.begin(init);
  const gradient = new Float64Array(θ.length);
  const moves = movesThrough(decisions);
  return {
    parameters: θ,
    gradient,
    walk(choose) {
      const tape = new Tape(θ, gradient);
      return new LstmWalk({ decisions, options, layout, choose }, tape).along(moves);
    },
  };
}

interface WalkOf {
  readonly decisions: readonly Decision[];
  readonly options: LstmOptions;
  readonly layout: ReturnType<typeof lstmLayout>;
  readonly choose: Choose;
}

class LstmWalk {
  readonly #of: WalkOf;
  readonly #tape: Tape;
  readonly #choices: Choice[];
  readonly #tokens: Token[] = [];
  readonly #logits: Vector[] = [];
  /** h and c of every layer. */
  #state: readonly { readonly h: Vector; readonly c: Vector }[];
  #input: Vector;
  #anchors: Anchor[] = [];
  #cell = 0;
  #group = 0;

  constructor(of: WalkOf, tape: Tape) {
    const { units, layers } = of.options;
    const zeros = (): Vector => vector(new Float64Array(units));
    this.#of = of;
    this.#tape = tape;
    this.#choices = of.decisions.map(() => 0);
    this.#state = Array.from({ length: layers }, () => ({ h: zeros(), c: zeros() }));
    this.#input = tape.row(of.layout.start, 0);
  }

  along(moves: readonly Move[]): Walk {
    for (const move of moves) this.#make(move);
    return {
      choices: this.#choices,
      tokens: this.#tokens,
      backward: (gradients) => {
        this.#logits.forEach(({ gradient }, t) => void gradient.set(gradients[t] ?? []));
        this.#tape.backward();
      },
    };
  }

  #make(move: Move): void {
    if (move.kind === 'cell') {
      this.#anchors = [];
      this.#cell++;
    } else if (move.kind === 'anchor') {
      this.#anchor(this.#step());
      this.#input = this.#start();
    } else if (move.kind === 'skips') {
      this.#skips(move.decisions.filter((one) => this.#exists(one)));
    } else if (this.#exists(move.decision)) {
      if (move.kind === 'category') this.#category(move.decision);
      else this.#index(move.decision, move.among);
    }
  }

  #category(decision: number): void {
    const { options, layout } = this.#of;
    const { softmax: w, bias, embedding, names } = layout.tables[decision] as Table; // one for each
    const h = this.#step();
    const scores = this.#tape.multiply(w, h);
    const width = names.length;
    const u = bias ? this.#tape.sum([scores, this.#tape.row(bias, 0)], width) : scores;
    const offsets = names.map((name) => (this.#cell === 0 ? (options.offset[name] ?? 0) : 0));
    const logits = this.#squashed(u, options.reduce, (option) => offsets[option] ?? 0);
    this.#input = this.#tape.row(embedding, this.#take(decision, logits));
  }

  #index(decision: number, among: number): void {
    const { distance } = this.#of.options;
    const scores = this.#attention(this.#step(), this.#anchors.slice(0, among));
    const bias = (j: number): number => (distance ? -((among - j) ** 2) / 6 : 0);
    const j = this.#take(decision, this.#squashed(scores, 1, bias));
    const { h } = this.#anchors[j] as Anchor; // among the anchors
    this.#input = this.#sum([h], distance ? 1 / (0.1 + among - j) : 1);
  }

  #skips(bits: readonly number[]): void {
    const { decisions } = this.#of;
    const h = this.#step();
    const sources = bits.map((one) => this.#anchors[decisions[one]?.source ?? 0] as Anchor);
    const scores = this.#attention(h, sources);
    const selected = sources.filter((_, at) => {
      const logits = this.#squashed(this.#tape.mirrored(scores, at), 1, () => 0);
      return this.#take(bits[at] as number, logits, this.#group) === 1;
    });
    this.#input = this.#sum(
      selected.map(({ h: anchor }) => anchor),
      1 / (1 + selected.length),
    );
    this.#group++;
    this.#anchor(h);
  }

  /** One step of the LSTM on the next input; the state of the last layer. */
  #step(): Vector {
    let x = this.#input;
    this.#state = this.#state.map(({ h, c }, layer) => {
      const w = this.#of.layout.cells[layer] as Table['softmax']; // one per layer
      const next = this.#tape.cell(this.#tape.multiply(w, this.#tape.join(x, h)), c);
      x = next.h;
      return next;
    });
    return x;
  }

  /** u_j = vᵀ tanh(W₁ h_j + W₂ h). */
  #attention(h: Vector, anchors: readonly Anchor[]): Vector {
    const { w2, v } = this.#of.layout;
    const w2h = this.#tape.multiply(w2, h);
    const scores = anchors.map(({ w1h }) => {
      const query = this.#tape.map(this.#sum([w1h, w2h]), Math.tanh, (_, y) => 1 - y * y);
      return this.#tape.multiply(v, query);
    });
    const none = vector(new Float64Array(0));
    return scores.reduce((all, one) => this.#tape.join(all, one), none);
  }

  /** ℓ = (c / reduce) tanh(u / T) + offset: first the temperature, then the tanh. */
  #squashed(u: Vector, reduce: number, offset: (option: number) => number): Vector {
    const { temperature, tanh } = this.#of.options;
    const T = temperature ?? 1;
    if (tanh === null)
      return this.#tape.map(
        u,
        (x, at) => x / T + offset(at),
        () => 1 / T,
      );
    const c = tanh / reduce;
    return this.#tape.map(
      u,
      (x, at) => c * Math.tanh(x / T) + offset(at),
      (x) => (c / T) * (1 - Math.tanh(x / T) ** 2),
    );
  }

  #take(decision: number, logits: Vector, group?: number): number {
    const p = softmax(logits.value);
    const chosen = this.#of.choose(p, decision);
    this.#choices[decision] = choiceOf(this.#of.decisions[decision] as Decision, chosen);
    const token = { decision, logits: logits.value, p, chosen };
    this.#tokens.push(group === undefined ? token : { ...token, group });
    this.#logits.push(logits);
    return chosen;
  }

  #exists(decision: number): boolean {
    return this.#of.decisions[decision]?.when?.(this.#choices.slice(0, decision)) ?? true;
  }

  #anchor(h: Vector): void {
    this.#anchors.push({ h, w1h: this.#tape.multiply(this.#of.layout.w1, h) });
  }

  #start(): Vector {
    return this.#tape.row(this.#of.layout.start, 0);
  }

  #sum(xs: readonly Vector[], factor = 1): Vector {
    return this.#tape.sum(xs, this.#of.options.units, factor);
  }
}
