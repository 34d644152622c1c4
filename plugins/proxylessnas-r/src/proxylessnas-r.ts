import { Controller, type LearningOptions } from '@archer-nas/controller';
import type { Decision, State, Streams } from '@archer-nas/core';
import {
  type CostTable,
  costRows,
  decisionSites,
  expectedCost,
  type Relaxation,
  type RelaxationRecipe,
  type Rows,
  type Site,
  singleMixture,
} from '@archer-nas/nn';

/** What ProxylessNAS-R is told. */
export interface ProxylessROptions {
  /** α moves at every so many steps. */
  readonly every: number;
  /** Standard deviation of the values that α starts from. */
  readonly init: number;
  /** How α learns from rewards; `batch` networks are sampled for each update. */
  readonly learning: LearningOptions;
  /** Absent: the reward is the accuracy alone. */
  readonly latency?:
    | { readonly table: CostTable; readonly reference: number; readonly power: number }
    | undefined;
}

/**
 * ProxylessNAS with REINFORCE (Cai, Zhu and Han, ICLR 2019): the weights learn along one path, drawn
 * by p = softmax(α); α ascends E[R] of networks that are sampled by p and looked at on a validation
 * batch, R = accuracy · (reference / latency)^power. No gradient passes through the networks.
 */
export function proxylessnasR(options: ProxylessROptions): RelaxationRecipe {
  return {
    blind: true,
    begin: (sites, streams, saved) => relaxed(options, sites, streams, saved),
  };
}

function relaxed(
  { every, init: sd, learning, latency }: ProxylessROptions,
  sites: readonly Site[],
  streams: Streams,
  saved?: State,
): Relaxation {
  const decisions = decisionsOf(sites);
  const latencies = latency && costRows(sites, latency.table, 'latency.table');
  const controller = new Controller(
    { decisions, policy: { kind: 'factorised', sd }, learning },
    saved === undefined ? { stream: streams.stream('alpha') } : { state: saved },
  );
  /** (reference / latency)^power of the network that these options make. */
  const speed = (choices: readonly number[]): number => {
    if (latency === undefined || latencies === undefined) return 1;
    const own = choices.reduce((sum, option, at) => sum + (latencies[at]?.[option] ?? 0), 0);
    return (latency.reference / own) ** latency.power;
  };
  const probabilities = (): Rows => controller.tokens(decisions.map(() => 0)).map(({ p }) => p);
  return {
    get probabilities() {
      return probabilities();
    },
    get state() {
      return controller.state;
    },
    update({ step, streams: own, valid }) {
      if (step % every !== 0) return {};
      const stream = own.stream('proxylessnas-r', step);
      const lessons = Array.from({ length: learning.batch }, () => {
        const draw = controller.draw(stream);
        const accuracy = valid.accuracy(singleMixture(draw.choices)) / 100;
        return { ...draw, reward: accuracy * speed(draw.choices) };
      });
      const { reward, baseline } = controller.learn(lessons);
      const expected = latencies && expectedCost(probabilities(), latencies);
      return { reward, baseline, ...(expected !== undefined && { 'expected-latency': expected }) };
    },
    weightMixture({ streams: own, step }) {
      const stream = own.stream('proxylessnas-r-weights', step);
      return singleMixture(probabilities().map((p) => stream.weighted(p)));
    },
  };
}

/** What the policy decides: an option of each decision. */
function decisionsOf(sites: readonly Site[]): Decision[] {
  return decisionSites(sites).map(({ name, options }) => ({ name, kind: 'categorical', options }));
}
