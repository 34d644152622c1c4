import {
  choiceSpace,
  createStreams,
  type Evaluation,
  type Evaluator,
  type Merit,
  type Newborn,
  type NumberedSampler,
  type Outcome,
  type SamplerContext,
  type SamplerRecipe,
  type SearchSpace,
  type State,
  type Strategy,
  type Stream,
  samplerOf,
} from '@archer-nas/core';
import { cloneState, drive } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { searchOptions } from './options.ts';
import { askAndTell } from './strategy.ts';

type Digits = readonly number[];

const space = choiceSpace<Digits>({
  name: 'digits',
  decisions: [0, 1, 2].map((at) => ({
    name: `d${at}`,
    kind: 'categorical',
    options: ['0', '1', '2', '3', '4'],
  })),
  encode: (a) => a,
  decode: (choices) => choices,
  format: (a) => a.join('-'),
  parse: (text) => text.split('-').map(Number),
});
const { codes: _, ...withoutCodes } = space;

/** Climbs: a child of the best so far, which is all its state; ten random ones first. */
class Climber<A> implements NumberedSampler<A> {
  readonly newborn: Newborn<A>;
  #best = { number: -1, fitness: Number.NEGATIVE_INFINITY, architecture: '' };
  readonly #space: SearchSpace<A>;

  constructor({ space }: SamplerContext<A>, saved?: State) {
    this.#space = space;
    this.newborn = { prefix: 'c-', number: -1, architecture: undefined as A, parent: -1 };
    if (saved === undefined) return;
    const { best, number } = saved as unknown as { best: never; number: number };
    this.#best = best;
    this.newborn.number = number;
  }

  get state(): State {
    return { best: { ...this.#best }, number: this.newborn.number };
  }

  ask(stream: Stream): undefined {
    const { newborn } = this;
    const { number, architecture } = this.#best;
    const isChild = newborn.number++ > 8 && number >= 0;
    newborn.parent = isChild ? number : -1;
    newborn.architecture = isChild
      ? (this.#space.mutate?.(this.#space.parse(architecture), stream) as A)
      : this.#space.sample(stream);
  }

  tell(number: number, a: A, _: Outcome, { violation, fitness }: Readonly<Merit>): void {
    if (violation !== 0 || fitness <= this.#best.fitness) return;
    this.#best = { number, fitness, architecture: this.#space.format(a) };
  }
}

const climber: SamplerRecipe = {
  name: 'climber',
  begin: (context, saved) => samplerOf(new Climber(context, saved), context.objective),
};

/** Digits whose sum is 5 fail, of sum 7 lack the metric. */
function outcomeOf(a: Digits): Outcome {
  const sum = a.reduce((all, digit) => all + digit, 0);
  if (sum === 5) return { metrics: {}, cost: { seconds: 2 }, status: 'failed', reason: 'five' };
  const metrics = sum === 7 ? { other: 1 } : { score: -Math.abs(sum - 8.5), other: sum };
  const budget = { amount: 3, unit: 'epoch' } as const;
  return { budget, metrics, cost: { seconds: sum, epochs: 3 }, status: 'final' };
}

let lookUps = 0;

function evaluator(recorded: boolean): Evaluator<Digits> {
  return {
    metrics: [{ name: 'score', unit: '', direction: 'maximise' }],
    recorded,
    start: () => expect.fail('values are looked up'),
    lookUp(proposal) {
      lookUps++;
      return { proposal, ...outcomeOf(proposal.architecture) };
    },
  };
}

function strategy(over: SearchSpace<Digits>, recorded: boolean, options: object) {
  const given = { space: over, evaluator: evaluator(recorded), sampler: climber };
  return askAndTell(given, searchOptions.parse({ perStep: 13, ...options }));
}

async function outcome(made: Strategy<Digits>, cut = Number.POSITIVE_INFINITY) {
  const context = { streams: createStreams(4) };
  let search = await made.begin(context);
  const { signal } = new AbortController();
  for (let step = 0; step < cut && search.progress.done < search.progress.total; step++) {
    await search.step(signal);
    if (step === cut - 1) search = await made.begin(context, cloneState(search.state));
  }
  await drive(search);
  const history = search.views.histories?.[0];
  const evaluations: Evaluation<Digits>[] = [];
  const paid = [];
  for (let i = 0; i < (history?.length ?? 0); i++) {
    evaluations.push(history?.at(i) as Evaluation<Digits>);
    paid.push(history?.paid(i));
  }
  return { evaluations, paid, best: search.incumbents(), result: await search.result() };
}

describe.each([
  ['evaluations', { evaluations: 90 }],
  ['seconds', { budget: { seconds: 300 } }],
])('a search whose values are recorded, with a budget in %s', (_, options) => {
  it('is the one that looks every architecture up, with codes or without', async () => {
    const recorded = await outcome(strategy(space, true, options));
    expect(recorded.evaluations.length).toBeGreaterThan(25);
    expect(recorded.evaluations.some(({ status }) => status === 'failed')).toBe(true);
    expect(recorded.evaluations.at(-1)?.proposal.parent).toMatch(/^c-\d+$/);
    expect(await outcome(strategy(space, false, options))).toStrictEqual(recorded);
    expect(await outcome(strategy(withoutCodes, true, options))).toStrictEqual(recorded);
  });

  it('ends the same when it is resumed', async () => {
    const whole = await outcome(strategy(space, true, options));
    for (const cut of [1, 2]) {
      expect(await outcome(strategy(space, true, options), cut)).toStrictEqual(whole);
    }
  });
});

describe('a strategy whose values are recorded', () => {
  it('looks an architecture up once for all its searches', async () => {
    const made = strategy(space, true, { evaluations: 90 });
    lookUps = 0;
    await outcome(made);
    const first = lookUps;
    expect(first).toBeLessThan(90);
    await outcome(made);
    expect(lookUps).toBe(first);
  });
});
