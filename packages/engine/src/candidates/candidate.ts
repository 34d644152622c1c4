import type { EngineInfo } from '@archer-nas/core';
import type { FusedKernels } from '../fused-kernels.ts';
import type { tf } from '../repaired.ts';

/** What the user asked of whichever engine starts. */
export interface EngineRequest {
  /** The only copy of TensorFlow.js to register kernels with. */
  readonly tf: typeof tf;
  /** At most so many threads; absent: what is best. */
  readonly threads?: number | undefined;
  readonly precision?: EngineInfo['precision'] | undefined;
  /** The instruction-set path to take; absent: the best that this machine has. */
  readonly isa?: string | undefined;
  /** Whether the user named this engine; absent or false: `auto` tries it. */
  readonly named?: boolean | undefined;
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
 * Why an engine that computes in f32 on one instruction-set path cannot keep to the
 * request; `undefined` when it can.
 */
export function misfit(request: EngineRequest, ownIsa: string): string | undefined {
  const { precision = 'f32', isa = ownIsa } = request;
  if (precision !== 'f32') return `computes in f32, not ${precision}`;
  if (isa !== ownIsa) return `its instruction-set path is ${ownIsa}, not ${isa}`;
  return undefined;
}
