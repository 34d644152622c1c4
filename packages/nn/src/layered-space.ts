import { type Allowed, type Choice, type ChoiceSpace, choiceSpace } from '@archer-nas/core';
import {
  type Layered,
  type LayeredSupernet,
  layeredCosts,
  layeredNetwork,
  layeredSupernet,
} from './layered.ts';
import type { MixtureSpace, NetworkTask, Path } from './network.ts';
import { argmaxRows } from './softmax-rows.ts';
import { timedBlocks } from './timed-blocks.ts';

/** An architecture of a {@link LayeredSpace}: per layer, the number of its block. */
export type LayeredPath = readonly Choice[];

/** What a {@link LayeredSpace} is made of. */
export interface LayeredSpec {
  readonly name: string;
  /** Layers and blocks; `supernet` or to be `alone`, where the two differ. */
  build(task: NetworkTask, use: 'supernet' | 'alone'): Layered;
  /** The task that costs are counted for. */
  readonly costs: NetworkTask;
  format(a: LayeredPath): string;
  /**
   * A block's number for each layer; the space refuses what has another number of layers, or is none.
   * @throws ArcherError naming the text and what was expected, where it is no such list at all
   */
  parse(text: string): LayeredPath;
}

/** A space of networks whose layers follow each other; a decision and a site per layer. */
export type LayeredSpace = Omit<ChoiceSpace<LayeredPath>, 'restrict'> &
  Omit<MixtureSpace<LayeredPath, Path>, 'restrict'> & {
    supernet(task: NetworkTask): LayeredSupernet;
    /** With networks of its own, whose parameters are named as in this one. */
    restrict(choices: readonly (readonly Choice[] | undefined)[]): LayeredSpace;
  };

/**
 * The space of a chain of layers, with its networks and exact costs. Immutable.
 *
 * @param allowed the options of a sub-space; all unless stated
 */
export function layeredSpace(spec: LayeredSpec, allowed?: Allowed): LayeredSpace {
  const { name, build, costs, format, parse } = spec;
  const priced = build(costs, 'alone');
  const space = choiceSpace<LayeredPath>(
    {
      name,
      decisions: priced.layers.map((layer) => ({
        name: layer.name,
        kind: 'categorical',
        options: layer.blocks.map((block) => block.name),
      })),
      encode: (a) => a,
      decode: (choices) => choices,
      format,
      parse,
      costs: layeredCosts(priced, (a: LayeredPath) => a),
    },
    allowed,
  );
  const supernet = (task: NetworkTask): LayeredSupernet =>
    layeredSupernet(narrowed(build(task, 'supernet'), space.allowed));
  return {
    ...space,
    supernet,
    timedBlocks: ({ batch, ...task }) => timedBlocks(supernet(task), batch),
    network: (a, task) => layeredNetwork(build(task, 'alone'), a),
    path: (a) => space.toChoices(a),
    // The heaviest block of every layer.
    derive: (weights) => space.fromChoices(argmaxRows(weights)),
    restrict: (choices) => layeredSpace(spec, space.restrict(choices).allowed),
  };
}

/** With the blocks of a sub-space alone. */
function narrowed(network: Layered, allowed: Allowed): Layered {
  const layers = network.layers.map(({ name, blocks }, at) => ({
    name,
    blocks: blocks.filter((_, option) => allowed[at]?.includes(option)),
  }));
  return { ...network, layers };
}
