import { ArcherError, EXIT } from '@archer-nas/core';

/** What a node can apply; notations use their numbers, as the corrected released code has them. */
export const ACTIVATIONS = ['tanh', 'relu', 'sigmoid', 'identity'] as const;

/** How a node becomes its state: the node that it reads, and an index of {@link ACTIVATIONS}. */
export interface CellNode {
  /** Position of an earlier node, counted from 0; the first node reads x and h, and has 0. */
  readonly from: number;
  readonly activation: number;
}

/** An architecture of the space: its nodes in order. */
export type EnasCell = readonly CellNode[];

/** Which cells there are. */
export interface CellForm {
  readonly nodes: number;
  /** Whether the first node's activation is a decision, or tanh. */
  readonly first: 'chosen' | 'tanh';
}

/** The nodes that no other reads. */
export function looseEnds(cell: EnasCell): number[] {
  const read = new Set(cell.slice(1).map(({ from }) => from));
  return cell.flatMap((_, at) => (read.has(at) ? [] : [at]));
}

/** The choices of a cell, in the order of its decisions and of its notation. */
export function choicesOf(cell: EnasCell, { first }: CellForm): number[] {
  const choices = cell.flatMap(({ from, activation }) => [from, activation]);
  return choices.slice(first === 'chosen' ? 1 : 2);
}

/** Inverse of {@link choicesOf}. */
export function cellOf(choices: readonly number[], { first }: CellForm): EnasCell {
  const all = first === 'chosen' ? [0, ...choices] : [0, 0, ...choices];
  return Array.from({ length: all.length / 2 }, (_, at) => {
    return { from: all[2 * at] ?? 0, activation: all[2 * at + 1] ?? 0 };
  });
}

/**
 * The released notation: predecessor and activation of every node by numbers, `0 2 1 0 …`. The first
 * node has its activation alone where that is chosen, and is left out where it is not.
 */
export function formatCell(cell: EnasCell, form: CellForm): string {
  return choicesOf(cell, form).join(' ');
}

/**
 * Inverse of {@link formatCell}.
 * @throws ArcherError `ARCHER_ENAS_RNN_CELL` naming the node and what was expected
 */
export function parseCell(text: string, form: CellForm): EnasCell {
  const words = text.trim() === '' ? [] : text.trim().split(/\s+/);
  const count = choicesIn(form);
  if (words.length !== count) throw malformed(text, `it has ${words.length} numbers`, form);
  const wrong = words.find((word) => !/^\d{1,4}$/.test(word));
  if (wrong !== undefined) throw malformed(text, `"${wrong}" is no number`, form);
  const cell = cellOf(words.map(Number), form);
  cell.forEach(({ from, activation }, at) => {
    if (activation >= ACTIVATIONS.length) {
      throw malformed(text, `node ${at} has the activation ${activation} of 0 to 3`, form);
    }
    if (at > 0 && from >= at) throw malformed(text, `node ${at} cannot read node ${from}`, form);
  });
  return cell;
}

/** Decisions of a cell. */
export function choicesIn({ nodes, first }: CellForm): number {
  return 2 * nodes - (first === 'chosen' ? 1 : 2);
}

/**
 * The tree of a cell, whose branches are in one order whatever their nodes are numbered: the mean of
 * loose ends, or of all nodes, does not tell such cells apart.
 */
export function treeOf(cell: EnasCell): string {
  const branches = cell.map((): string[] => []);
  for (let at = cell.length - 1; at > 0; at--) {
    const { from, activation } = cell[at] as CellNode;
    branches[from]?.push(written(activation, branches[at]));
  }
  return written(cell[0]?.activation ?? 0, branches[0]);
}

function written(activation: number, branches: readonly string[] = []): string {
  return `${ACTIVATIONS[activation]}(${[...branches].sort().join()})`;
}

function malformed(text: string, reason: string, form: CellForm): ArcherError {
  const shown = text.length > 120 ? `${text.slice(0, 120)}…` : text;
  const hint =
    form.first === 'chosen'
      ? 'The form is "activation predecessor activation predecessor activation …"'
      : 'The form is "predecessor activation predecessor activation …" from the second node on';
  return new ArcherError(
    'ARCHER_ENAS_RNN_CELL',
    `"${shown}" is no cell of ${form.nodes} nodes: ${reason}.`,
    {
      hint: `${hint}, ${choicesIn(form)} numbers; nodes count from 0, activations are ${ACTIVATIONS.map(
        (name, at) => `${at} ${name}`,
      ).join(', ')}.`,
      exit: EXIT.usage,
    },
  );
}
