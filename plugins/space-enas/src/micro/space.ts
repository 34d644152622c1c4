import { type Choice, type ChoiceSpace, choiceSpace } from '@archer-nas/core';
import type { NetworkSpace } from '@archer-nas/nn';

import { costModel } from '../costs.ts';
import { canonical } from './canonical.ts';
import {
  CELL_TYPES,
  type CellType,
  formatMicro,
  INPUTS,
  type MicroArchitecture,
  type MicroCell,
  type MicroNode,
  OPERATIONS,
  type Operation,
  parseMicro,
} from './cells.ts';
import { draw } from './draw.ts';
import { microNetwork, microSupernet } from './network.ts';
import { networkGroups } from './parameters.ts';
import { optionOf } from './sites.ts';
import { endsOf, type MicroSize, type MicroStructure } from './skeleton.ts';

/** What {@link microSpace} is made of. */
export interface MicroSettings extends MicroSize {
  /** Of a cell, without its inputs. */
  readonly nodes: number;
  /** Of networks that are trained alone. */
  readonly structure: MicroStructure;
  /** The operations that a branch can have, in the order of {@link OPERATIONS}. */
  readonly operations: readonly Operation[];
  readonly search: MicroSize;
  /** The task that costs are counted for: classes, and the side of an RGB image. */
  readonly costs: { readonly classes: number; readonly image: number };
}

/** The micro space with its networks; sub-spaces of it have none. Immutable. */
export type MicroSpace = ChoiceSpace<MicroArchitecture> & NetworkSpace<MicroArchitecture>;

/**
 * The micro space. Decisions come in the order in which the controller makes them: of each node two
 * inputs, then two operations; the normal cell, then the reduction cell.
 */
export function microSpace(settings: MicroSettings): MicroSpace {
  const { layers, channels, nodes, structure, operations, search } = settings;
  const space = wholeSpace(settings);
  const chosen = operations.map((name) => OPERATIONS.indexOf(name));
  const part = space.restrict(
    space.decisions.map(({ kind }) => (kind === 'categorical' ? chosen : undefined)),
  );
  return {
    ...part,
    supernet: (task) => microSupernet(search, task, { nodes, operations }),
    network: (architecture, task) =>
      microNetwork({ layers, channels }, task, { architecture, structure }),
    path(architecture, { sites }) {
      const branches = CELL_TYPES.flatMap((type) => architecture[type].flat());
      const options = branches.map((branch) => optionOf(branch, operations));
      return sites.map(({ decision }) => options[decision] ?? -1);
    },
  };
}

function wholeSpace(settings: MicroSettings): ChoiceSpace<MicroArchitecture> {
  const { layers, channels, nodes, structure, costs } = settings;
  const { classes, image: side } = costs;
  const task = { classes, image: { height: side, width: side, channels: 3 } };
  const plan = { size: { layers, channels }, task };
  return choiceSpace<MicroArchitecture>({
    name: 'enas-micro',
    decisions: CELL_TYPES.flatMap((type) =>
      Array.from({ length: nodes }, (_, at) => decisionsOf(type, INPUTS + at)).flat(),
    ),
    encode: ({ normal, reduce }) => [normal, reduce].flat().flatMap(choicesOf),
    decode: (choices) => architectureOf(choices, nodes),
    format: formatMicro,
    parse: (text) => parseMicro(text, nodes),
    canonical,
    draw,
    costs: costModel((architecture) => {
      const ends = structure === 'searched' ? undefined : endsOf(architecture);
      return networkGroups({ ...plan, ends }, architecture);
    }, side),
  });
}

function decisionsOf(type: CellType, node: number) {
  const name = `${type}:node${node}`;
  const inputs = Array.from({ length: node }, (_, input) => String(input));
  const input = (which: string) => ({
    name: `${name}:${which}-input`,
    kind: 'input' as const,
    options: inputs,
  });
  const operation = (which: string) => ({
    name: `${name}:${which}-operation`,
    kind: 'categorical' as const,
    options: OPERATIONS,
  });
  return [input('first'), input('second'), operation('first'), operation('second')];
}

/** Decisions of a node. */
const PER_NODE = 4;

function choicesOf([first, second]: MicroNode): Choice[] {
  return [first.input, second.input, first.op, second.op];
}

function architectureOf(choices: readonly Choice[], nodes: number): MicroArchitecture {
  const all = Array.from({ length: 2 * nodes }, (_, at): MicroNode => {
    const own = choices.slice(PER_NODE * at, PER_NODE * (at + 1));
    const [a = 0, b = 0, f = 0, g = 0] = own;
    return [
      { input: a, op: f },
      { input: b, op: g },
    ];
  });
  const cells: readonly MicroCell[] = [all.slice(0, nodes), all.slice(nodes)];
  return { normal: cells[0] ?? [], reduce: cells[1] ?? [] };
}
