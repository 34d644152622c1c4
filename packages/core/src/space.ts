import type { CellDrawing } from './drawing.ts';
import type { Stream } from './stream.ts';

/** One choice of a decision: an option's index, an input's index or a number. */
export type Choice = number;

/** A decision that an architecture consists of. */
export interface Decision {
  readonly name: string;
  readonly kind: 'categorical' | 'input' | 'integer' | 'real';
  /** Names of the options, for `categorical` and `input`. */
  readonly options?: readonly string[];
  /** Inclusive bounds, for `integer` and `real`. */
  readonly range?: readonly [number, number];
  readonly log?: boolean;
  /** Of a decision between no (0) and yes (1): the earlier node, from 0, that it would connect. */
  readonly source?: number;
  /** Whether the decision exists, given the choices before it: 0 for those that do not. */
  readonly when?: (prefix: readonly Choice[]) => boolean;
}

/** What an architecture costs, without training it. */
export interface CostModel<A> {
  /** Names with units: `params` (count), `macs` (multiply-adds of one image), … */
  readonly names: readonly string[];
  of(a: A): Readonly<Record<string, number>>;
  /**
   * Where a cost is a sum over decisions: `base` plus one entry per decision and option,
   * so that a limit can be checked exactly for partial choices.
   */
  readonly additive?: Readonly<
    Record<string, { readonly base: number; readonly perChoice: readonly (readonly number[])[] }>
  >;
}

/**
 * Architectures as integers below `size`, in the order of `all`, for those who make them by the
 * thousand; not every such integer need be one. Draws take the same from the stream as the
 * space's own, and give the same.
 */
export interface Codes<A> {
  readonly size: number;
  of(a: A): number;
  /** The same object for the same code. */
  at(code: number): A;
  sample(stream: Stream): number;
  mutate(code: number, stream: Stream): number;
}

/** A network that is timed: its task, and how many images it takes at once. */
export interface TimedTask {
  readonly classes: number;
  readonly image: { readonly height: number; readonly width: number; readonly channels: number };
  readonly batch: number;
}

/** A part of a space's networks, ready to be timed on the engine that runs. */
export interface TimedBlock {
  /** `layer3`; the decision may have several such places. */
  readonly place: string;
  /** Absent where every network has it. */
  readonly decision?: number;
  /** Of the decision. What costs nothing, such as an identity, has no block. */
  readonly option?: number;
  /** Computes it once and waits for the result. */
  run(): void;
}

/** Which networks exist; no tensors. `A` is the space's own, immutable architecture type. */
export interface SearchSpace<A> {
  readonly name: string;
  /** Number of architectures; `undefined`: unbounded. */
  readonly size: bigint | undefined;
  sample(stream: Stream): A;
  /** The community's notation. */
  format(a: A): string;
  /** Inverse of `format`. @throws ArcherError naming the text and what was expected */
  parse(text: string): A;
  /** Equality: equal ids, equal architectures. Used for caching and to break ties. */
  id(a: A): string;

  readonly decisions?: readonly Decision[];
  toChoices?(a: A): Choice[];
  fromChoices?(choices: readonly Choice[]): A;
  /** Every architecture once, in a fixed order, where `size` allows it. */
  all?(): Iterable<A>;
  neighbours?(a: A): Iterable<A>;
  mutate?(a: A, stream: Stream): A;
  crossover?(a: A, b: A, stream: Stream): A;
  /** Equal for networks that are isomorphic when trained alone; never a key under shared weights. */
  canonical?(a: A): string;
  /** Whether the output of its network depends on the input; absent: always. */
  isConnected?(a: A): boolean;
  /** The sub-space in which decision i may only take the listed options. */
  restrict?(allowed: readonly (readonly number[] | undefined)[]): SearchSpace<A>;
  readonly costs?: CostModel<A>;
  /** The parts of its networks one after the other; each may be run until the next is asked for. */
  timedBlocks?(task: TimedTask): Iterable<TimedBlock>;
  /** The cells of an architecture as graphs. */
  draw?(a: A): readonly CellDrawing[];
  /** For spaces small enough to be numbered in memory. */
  readonly codes?: Codes<A> | undefined;
}
