import type { EngineInfo } from '@archer-nas/core';
import type { FusedKernels } from '../fused-kernels.ts';
import type { tf } from '../repaired.ts';

/** What the user asked of whichever engine starts. */
export interface EngineRequest {
  /** The only copy of TensorFlow.js to register kernels with. */
  readonly tf: typeof tf;
  readonly threads?: number | undefined;
  readonly precision?: EngineInfo['precision'] | undefined;
  /** The instruction-set path to take; absent: the best that this machine has. */
  readonly isa?: string | undefined;
}

/** An engine that runs: it is tfjs's current backend. */
export interface RunningEngine extends Omit<EngineInfo, 'name' | 'class' | 'description'> {
  /** Absent: the library decides and does not tell. */
  readonly threads?: number | undefined;
  readonly fused: FusedKernels;
}

/** Why an engine does not run here: half a sentence, without a full stop. */
export interface Unavailable {
  readonly unavailable: string;
}

/**
 * A way to compute. `start` makes it tfjs's current backend, or says why it cannot and
 * leaves the current backend alone. It keeps to the whole request or is unavailable.
 */
export interface EngineCandidate {
  readonly name: string;
  start(request: EngineRequest): Promise<RunningEngine | Unavailable>;
}

/** Whether a candidate's answer is a refusal. */
export function isUnavailable(answer: RunningEngine | Unavailable): answer is Unavailable {
  return 'unavailable' in answer;
}

/**
 * Why an engine with one precision, one instruction-set path and one thread cannot keep to
 * the request; `undefined` when it can. Auto-detected settings always fit.
 */
export function misfit(
  request: EngineRequest,
  has: { readonly isa: string; readonly threads?: number },
): string | undefined {
  const { precision = 'f32', isa = has.isa, threads } = request;
  if (precision !== 'f32') return `computes in f32, not ${precision}`;
  if (isa !== has.isa) return `its instruction-set path is ${has.isa}, not ${isa}`;
  if (has.threads !== undefined && threads !== undefined && threads !== has.threads) {
    return `runs ${has.threads} thread, not ${threads}`;
  }
  return undefined;
}
