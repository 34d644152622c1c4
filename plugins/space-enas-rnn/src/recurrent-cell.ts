import { ArcherError, EXIT } from '@archer-nas/core';
import {
  type Forward,
  type Gate,
  highwayWeights,
  highwayWindow,
  type ParameterSpec,
  type RecurrentCell,
  type Site,
} from '@archer-nas/nn';
import { ACTIVATIONS, type CellForm, cellOf, choicesIn, type EnasCell, looseEnds } from './cell.ts';

/** What the cells of this space are made with. */
export interface CellSettings extends CellForm {
  /** Of states and of inputs. */
  readonly width: number;
  /** All weights start from U(±initRange). */
  readonly initRange: number;
  /** What is averaged to the new state. */
  readonly output: 'loose-ends' | 'all';
}

/** One site per decision, in the order of the decisions. */
export function cellSites({ nodes, first }: CellForm): Site[] {
  const activations = [...ACTIVATIONS];
  const named = Array.from({ length: nodes }, (_, at) => [
    { name: `node${at}.input`, options: Array.from({ length: at }, (__, from) => `node${from}`) },
    { name: `node${at}.activation`, options: activations },
  ]).flat();
  const chosen = named.slice(first === 'chosen' ? 1 : 2);
  return chosen.map(({ name, options }, decision) => ({ name, decision, options }));
}

/** The cell of the supernet, which runs single paths: every pair of nodes has weights of its own. */
export function searchCell(settings: CellSettings): RecurrentCell {
  const { nodes, first } = settings;
  const sites = cellSites(settings);
  const inputSite = (at: number): number => 2 * at - (first === 'chosen' ? 1 : 2);
  const pairs = Array.from({ length: nodes - 1 }, (_, at) =>
    Array.from({ length: at + 1 }, (__, from) =>
      matrix(pairName(from, at + 1), settings).map((spec): ParameterSpec => {
        return { ...spec, owner: { site: inputSite(at + 1), option: from } };
      }),
    ),
  ).flat(2);
  return {
    sites,
    parameters: [...inputMatrices(settings), ...pairs],
    unroll: (gates, forward, masks) =>
      unrolled(cellOf(pathOf(gates, settings), settings), settings, { forward, masks }),
  };
}

/** The cell that is trained alone, with the weights of its own pairs. */
export function aloneCell(cell: EnasCell, settings: CellSettings): RecurrentCell {
  const pairs = cell.flatMap(({ from }, at) =>
    at === 0 ? [] : matrix(pairName(from, at), settings),
  );
  return {
    sites: [],
    parameters: [...inputMatrices(settings), ...pairs],
    unroll: (_, forward, masks) => unrolled(cell, settings, { forward, masks }),
  };
}

/** What a cell computes with. */
interface Pass {
  readonly forward: Forward;
  readonly masks: Parameters<RecurrentCell['unroll']>[2];
}

/**
 * s₀ = h + σ(c) (f₀(v) − h) with [c, v] = [x, h] W₀, then
 * s_ℓ = s_j + σ(s_j Wᶜ_{ℓ,j}) (f(s_j Wʰ_{ℓ,j}) − s_j), and the mean of the loose ends.
 */
function unrolled(
  cell: EnasCell,
  settings: CellSettings,
  { forward, masks }: Pass,
): ReturnType<RecurrentCell['unroll']> {
  const { width, output } = settings;
  const nodes = cell.map(({ from, activation }, at) => {
    const weights = highwayWeights(forward, at === 0 ? 'cell.input.h' : pairName(from, at), width);
    return { from, activation: ACTIVATIONS[activation] ?? 'tanh', ...weights };
  });
  const averaged = output === 'all' ? cell.map((_, at) => at) : looseEnds(cell);
  return highwayWindow(
    { input: highwayWeights(forward, 'cell.input.x', width), nodes, averaged },
    masks,
  );
}

/** The option of every site. @throws ArcherError `ARCHER_CAPABILITY` where one has several */
function pathOf(gates: readonly Gate[], form: CellForm): number[] {
  const path = gates.map(({ support }) => (support.length === 1 ? support[0] : undefined));
  if (path.length === choicesIn(form) && !path.includes(undefined)) return path as number[];
  throw new ArcherError(
    'ARCHER_CAPABILITY',
    'The supernet of enas-rnn runs one option per decision, no mixtures.',
    { hint: 'Use a strategy that samples single paths, such as one-shot.', exit: EXIT.manifest },
  );
}

function pairName(from: number, to: number): string {
  return `cell.node${to}.from${from}`;
}

/** W₀: the rows of x and those of h. */
function inputMatrices(settings: CellSettings): ParameterSpec[] {
  return ['cell.input.x', 'cell.input.h'].flatMap((name) => matrix(name, settings));
}

/** A matrix as its gate's half and its value's, [width, width]. */
function matrix(name: string, { width, initRange: bound }: CellSettings): ParameterSpec[] {
  return ['gate', 'value'].map((half) => {
    return { name: `${name}.${half}`, shape: [width, width], init: 'uniform', bound };
  });
}
