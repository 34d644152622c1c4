import { ArcherError, EXIT } from '@archer-nas/core';

/** What surrounds the choice blocks, and how wide they are. SPOS's has the defaults of the plugin. */
export interface Skeleton {
  /** Channels behind the first convolution. */
  readonly stem: number;
  /** By stage, the channels of its blocks. */
  readonly channels: readonly number[];
  /** By stage, its blocks. */
  readonly repeats: readonly number[];
  /** Of the first convolution, then of the first block of each stage. */
  readonly strides: readonly (1 | 2)[];
  /** Channels in front of the classifier. */
  readonly head: number;
  /** Multiplies all channels, which are then rounded to even numbers. */
  readonly width: number;
}

/** Where a choice block stands. */
export interface Place {
  /** `block3`; its parameters start with it. */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: 1 | 2;
  /** The first block of a stage has a projection. */
  readonly projects: boolean;
  /** Of its square input. */
  readonly side: number;
}

/** The channels of the first convolution and of the head. */
export function ends({ stem, head, width }: Skeleton): { stem: number; head: number } {
  return { stem: even(stem * width), head: even(head * width) };
}

/**
 * The choice blocks in their order, and the side of what the last one gives.
 *
 * @throws ArcherError when the lists do not fit each other, or a stage adds no channels
 */
export function placesOf(
  skeleton: Skeleton,
  image: number,
): { readonly places: readonly Place[]; readonly side: number } {
  const { channels, repeats, strides, width } = skeleton;
  checkStages(skeleton);
  const places: Place[] = [];
  let side = halved(image, strides[0] ?? 1);
  let inputs = ends(skeleton).stem;
  for (const [stage, wanted] of channels.entries()) {
    const outputs = even(wanted * width);
    checkGrowth(stage, inputs, outputs);
    for (let i = 0; i < (repeats[stage] ?? 0); i++) {
      const stride = i === 0 ? (strides[stage + 1] ?? 1) : 1;
      const name = `block${places.length}`;
      places.push({ name, inputs, outputs, stride, projects: i === 0, side });
      side = halved(side, stride);
      inputs = outputs;
    }
  }
  return { places, side };
}

function even(channels: number): number {
  return Math.max(2, 2 * Math.round(channels / 2));
}

function halved(side: number, stride: 1 | 2): number {
  return Math.ceil(side / stride);
}

function checkStages({ channels, repeats, strides }: Skeleton): void {
  if (repeats.length === channels.length && strides.length === channels.length + 1) return;
  throw unfit(
    `There are channels for ${channels.length} stages, repeats for ${repeats.length} and ` +
      `${strides.length} strides.`,
    'Give as many repeats as channels, and one stride more: that of the first convolution.',
  );
}

function checkGrowth(stage: number, inputs: number, outputs: number): void {
  if (outputs > inputs) return;
  throw unfit(
    `Stage ${stage + 1} has ${outputs} channels, not more than the ${inputs} of what it reads.`,
    'The first block of a stage concatenates its input; let channels grow.',
  );
}

function unfit(message: string, hint: string): ArcherError {
  return new ArcherError('ARCHER_SHUFFLENET_STAGES', message, { hint, exit: EXIT.manifest });
}
