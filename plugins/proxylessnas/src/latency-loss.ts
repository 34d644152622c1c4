import { ArcherError, EXIT } from '@archer-nas/core';

/** How an expected latency joins the loss of architecture parameters (ProxylessNAS, 2019). */
export type LatencyLoss =
  | { readonly form: 'add'; readonly weight: number }
  | {
      readonly form: 'mul#log';
      readonly reference: number;
      readonly scale: number;
      readonly power: number;
    };

/** A value with its derivatives by the cross-entropy and by the latency. */
export interface LossSlopes {
  readonly value: number;
  readonly byLoss: number;
  readonly byLatency: number;
}

/**
 * CE + λ E[lat], or the script's α_l · CE · (ln E[lat] / ln ref)^β.
 * @throws ArcherError `ARCHER_LATENCY` where the logarithm of the latency is not positive
 */
export function withLatency(loss: number, latency: number, options: LatencyLoss): LossSlopes {
  if (options.form === 'add') {
    const { weight } = options;
    return { value: loss + weight * latency, byLoss: 1, byLatency: weight };
  }
  const { reference, scale, power } = options;
  if (latency <= 1) throw tooSmall(latency);
  const ratio = Math.log(latency) / Math.log(reference);
  const byLoss = scale * ratio ** power;
  const byRatio = scale * loss * power * ratio ** (power - 1);
  return {
    value: byLoss * loss,
    byLoss,
    byLatency: byRatio / (latency * Math.log(reference)),
  };
}

function tooSmall(latency: number): ArcherError {
  return new ArcherError(
    'ARCHER_LATENCY',
    `The loss mul#log takes the logarithm of the expected latency, which is ${latency}: not above 1.`,
    { hint: 'Give the table and the reference in a smaller unit.', exit: EXIT.manifest },
  );
}
