import { ArcherError, EXIT } from '@archer-nas/core';
import type { Network } from './network.ts';

/** What a training may have besides the loss of its logits; 0 or absent: not. */
export interface TrainingExtras {
  /** How often a value in front of the classifier is dropped. */
  readonly dropout?: number | undefined;
  /** How often an operation's output is dropped for an image. */
  readonly dropPath?: number | undefined;
  /** Weight of the auxiliary head's loss. */
  readonly auxiliary?: number | undefined;
}

const NAMES = {
  dropout: 'dropout',
  dropPath: 'drop-path',
  auxiliary: 'auxiliary head',
} as const satisfies Readonly<Record<keyof TrainingExtras, string>>;

/**
 * Refuses extras that a network has no place for; without this they would be left out in silence.
 *
 * @param whose begins the message: "The supernet of nas-bench-201 has"
 * @throws ArcherError `ARCHER_CAPABILITY`
 */
export function checkExtras(network: Network, wanted: TrainingExtras, whose: string): void {
  for (const name of Object.keys(NAMES) as (keyof TrainingExtras)[]) {
    if (!wanted[name] || network[name]) continue;
    throw new ArcherError(
      'ARCHER_CAPABILITY',
      `${whose} no ${NAMES[name]}, but ${name} is ${wanted[name]}.`,
      { hint: `Leave ${name} out, or use a space such as enas-micro.`, exit: EXIT.manifest },
    );
  }
}
