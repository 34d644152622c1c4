import { type Witnessed, witness } from '@archer-nas/core';
import { gradientsOf, tf } from '@archer-nas/engine';
import { gradientNorms } from './clipping.ts';
import {
  type AnyBatch,
  type Model,
  type ModelLossOptions,
  modelOf,
  type Outcome,
} from './model.ts';
import type {
  BatchNormMode,
  Gate,
  Network,
  NormStatistics,
  ParameterSource,
  Site,
} from './network.ts';
import { usedParameters } from './parameter-store.ts';

/** Options of {@link lossAndGradients}. */
export interface GradientOptions extends ModelLossOptions {
  /** Which gradients: of the parameters, of the gates' weights and scales, or both. */
  readonly groups?: readonly ('weights' | 'gates')[];
  /** Only these parameters; otherwise all that the gates use. */
  readonly names?: readonly string[];
  readonly batchNorm?: BatchNormMode;
  readonly statistics?: NormStatistics;
  /** See {@link Forward.training}. */
  readonly training?: boolean;
  /** See {@link Forward.dropPath}. */
  readonly dropPath?: number;
  /** See {@link Forward.dropout}. */
  readonly dropout?: number;
}

/** The gradient of one gate, where it has weights or a scale that reach the loss. */
export interface GateGradient {
  readonly weights?: tf.Tensor1D;
  readonly scale?: tf.Tensor;
}

/** Loss and gradients of one batch. Everything stays on the device until it is read. */
export interface LossAndGradients {
  /** (1/B) Σ weight × loss. */
  readonly loss: tf.Scalar;
  /** Unweighted loss per sample. */
  readonly perSample: tf.Tensor1D;
  /** ‖softmax(logits) − target‖₂ per sample. */
  readonly score: tf.Tensor1D;
  readonly correct: tf.Scalar;
  /** What the model carries to the next batch. */
  readonly carried?: tf.Tensor;
  /** By parameter name; parameters that do not reach the loss are absent. */
  readonly gradients: ReadonlyMap<string, tf.Tensor>;
  /** One per gate; all empty unless the group `gates` was asked for. */
  readonly gates: readonly GateGradient[];
  /** Frees all of the above. */
  dispose(): void;
}

/**
 * The loss of one batch under `gates`, cross-entropy for images, and its gradients. Nothing outside of the gates'
 * support is computed, and only the asked gradients are. The caller disposes the result.
 */
export function lossAndGradients(
  network: Model | Network,
  parameters: ParameterSource,
  gates: readonly Gate[],
  batch: AnyBatch,
  options: GradientOptions = {},
): LossAndGradients {
  const { groups = ['weights'], names, batchNorm = 'batch', statistics, ...rest } = options;
  const { training = false, dropPath = 0, dropout = 0, ...lossOptions } = rest;
  const model = modelOf(network);
  const weights = groups.includes('weights') ? chosen(network, parameters, gates, names) : [];
  const gateTensors = groups.includes('gates') ? gates.flatMap(tensorsOf) : [];
  const variables = [...weights.map(([, value]) => value), ...gateTensors];
  const kept = statistics === undefined ? {} : { statistics };
  const forward = { parameters, batchNorm, training, dropPath, dropout, ...kept };
  let outputs: Omit<Outcome, 'mean'> | undefined;
  const { value, gradients } = gradientsOf(() => {
    const { mean, perSample, score, correct, carried } = model.loss(
      batch,
      gates,
      forward,
      lossOptions,
    );
    outputs = {
      perSample: tf.keep(perSample),
      score: tf.keep(score),
      correct: tf.keep(correct),
      ...(carried && { carried: tf.keep(carried) }),
    };
    return mean;
  }, variables);
  for (const result of [value, ...gradients]) if (result) tf.keep(result);
  if (outputs === undefined) throw new Error('The forward pass did not run.');
  const result = collect(
    value,
    outputs,
    gates,
    weights.map(([name]) => name),
    gradients,
    groups.includes('gates'),
  );
  witness()?.(passOf(network.sites, gates, result));
  return result;
}

/** The pass as a witness sees it. */
function passOf(
  sites: readonly Site[],
  gates: readonly Gate[],
  { loss, gradients }: LossAndGradients,
): Witnessed {
  const computed = gates.flatMap(({ support }, at) => {
    const site = sites[at];
    return site ? [[site.name, support.map((option) => optionName(site, option))]] : [];
  });
  return {
    kind: 'pass',
    loss: loss.dataSync()[0] ?? Number.NaN,
    path: Object.fromEntries(computed),
    norms: Object.fromEntries(gradientNorms(gradients)),
  };
}

function optionName({ options }: Site, option: number): string {
  return options[option % options.length] ?? '';
}

function chosen(
  network: Pick<Model, 'parameters'>,
  parameters: ParameterSource,
  gates: readonly Gate[],
  names: readonly string[] | undefined,
): [string, tf.Tensor][] {
  const wanted = names === undefined ? undefined : new Set(names);
  return usedParameters(network.parameters, gates)
    .filter(({ name }) => wanted === undefined || wanted.has(name))
    .map(({ name, shape }) => [name, parameters.get(name, shape)]);
}

function tensorsOf({ weights, scale }: Gate): tf.Tensor[] {
  return [weights, scale].filter((tensor) => tensor !== undefined);
}

function collect(
  loss: tf.Scalar,
  outputs: Pick<LossAndGradients, 'perSample' | 'score' | 'correct' | 'carried'>,
  gates: readonly Gate[],
  names: readonly string[],
  grads: readonly (tf.Tensor | undefined | null)[],
  withGates: boolean,
): LossAndGradients {
  const gradients = new Map<string, tf.Tensor>();
  names.forEach((name, at) => {
    const gradient = grads[at];
    if (gradient) gradients.set(name, gradient);
  });
  const rest = grads.slice(names.length);
  const gateGradients = gates.map((gate): GateGradient => {
    if (!withGates) return {};
    const weights = gate.weights === undefined ? undefined : rest.shift();
    const scale = gate.scale === undefined ? undefined : rest.shift();
    return { ...(weights ? { weights: weights as tf.Tensor1D } : {}), ...(scale ? { scale } : {}) };
  });
  return {
    loss,
    ...outputs,
    gradients,
    gates: gateGradients,
    dispose: () => {
      tf.dispose([loss, outputs.perSample, outputs.score, outputs.correct]);
      outputs.carried?.dispose();
      for (const gradient of grads) gradient?.dispose();
    },
  };
}
