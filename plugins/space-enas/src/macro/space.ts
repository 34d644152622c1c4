import { type ChoiceSpace, choiceSpace } from '@archer-nas/core';
import type { NetworkSpace } from '@archer-nas/nn';

import { costModel } from '../costs.ts';
import {
  architectureOf,
  formatMacro,
  type MacroArchitecture,
  OPERATIONS,
  type Operation,
  parseMacro,
  sourcesOf,
  tokensOf,
} from './architecture.ts';
import { draw } from './draw.ts';
import { macroNetwork, macroSupernet, networkGroups } from './network.ts';
import type { MacroStructure } from './skeleton.ts';

/** What {@link macroSpace} is made of. */
export interface MacroSettings {
  readonly layers: number;
  /** Of the first layers of networks that are trained alone. */
  readonly channels: number;
  readonly structure: MacroStructure;
  /** The operations that a layer can have, in the order of {@link OPERATIONS}. */
  readonly operations: readonly Operation[];
  readonly search: { readonly channels: number };
  /** The task that costs are counted for: classes, and the side of an RGB image. */
  readonly costs: { readonly classes: number; readonly image: number };
}

/** The macro space with its networks; sub-spaces of it have none. Immutable. */
export type MacroSpace = ChoiceSpace<MacroArchitecture> & NetworkSpace<MacroArchitecture>;

/** The macro space: a decision per number of the released encoding, in its order. */
export function macroSpace(settings: MacroSettings): MacroSpace {
  const { layers, channels, structure, operations, search } = settings;
  const trained = { layers, channels };
  const space = wholeSpace(settings);
  const chosen = operations.map((name) => OPERATIONS.indexOf(name));
  const part = space.restrict(
    space.decisions.map(({ source }) => (source === undefined ? chosen : undefined)),
  );
  return {
    ...part,
    supernet: (task) => macroSupernet({ layers, ...search }, task, operations),
    network: (architecture, task) => macroNetwork(trained, task, { architecture, structure }),
    // A site per decision: an architecture's choices are its path.
    path: (architecture) => part.toChoices(architecture),
  };
}

function wholeSpace(settings: MacroSettings): ChoiceSpace<MacroArchitecture> {
  const { layers, channels, structure, costs } = settings;
  const { classes, image: side } = costs;
  const task = { classes, image: { height: side, width: side, channels: 3 } };
  const plan = { size: { layers, channels }, task, structure };
  return choiceSpace<MacroArchitecture>({
    name: 'enas-macro',
    decisions: Array.from({ length: layers }, (_, layer) => decisionsOf(layer)).flat(),
    encode: tokensOf,
    decode: architectureOf,
    format: formatMacro,
    parse: (text) => parseMacro(text, layers),
    draw,
    costs: costModel((architecture) => networkGroups(plan, architecture), side),
  });
}

function decisionsOf(layer: number) {
  const kind = 'categorical' as const;
  return [
    { name: `layer${layer}:op`, kind, options: OPERATIONS },
    ...sourcesOf(layer).map((name, source) => ({
      name: `layer${layer}:${name}`,
      kind,
      options: ['no', 'yes'],
      source,
    })),
  ];
}
