import { ArcherError, type Choice, type Decision, EXIT } from '@archer-nas/core';

/** What a policy does next on its way through the decisions. */
export type Move =
  /** One option of several. */
  | { readonly kind: 'category'; readonly decision: number }
  /** One of the first `among` nodes. */
  | { readonly kind: 'input'; readonly decision: number; readonly among: number }
  /** For each earlier node yes or no; what is decided is a node itself. */
  | { readonly kind: 'skips'; readonly decisions: readonly number[] }
  /** A node is complete, and later decisions may point at it. */
  | { readonly kind: 'anchor' }
  /** A new cell: no nodes yet. */
  | { readonly kind: 'cell' };

/**
 * The moves through a space's decisions. Nodes are found from what may be pointed at: an input
 * among m nodes comes after the m-th of them, one among fewer than before begins a new cell. Bits
 * with a `source` that follow each other are one node's.
 * @throws ArcherError `ARCHER_CAPABILITY` when there is nothing to decide, or a real number
 */
export function movesThrough(decisions: readonly Decision[]): readonly Move[] {
  if (decisions.length === 0) throw refused('a space with decisions; it has none');
  const moves: Move[] = [];
  let nodes = 0;
  const arriveAt = (among: number, ...own: readonly Move[]): void => {
    if (among < nodes) {
      moves.push({ kind: 'cell' });
      nodes = 0;
    }
    for (; nodes < among; nodes++) moves.push({ kind: 'anchor' });
    moves.push(...own);
  };
  for (let at = 0; at < decisions.length; at++) {
    const decision = decisions[at] as Decision; // it is within
    if (decision.source !== undefined) {
      const group = bitsFrom(decisions, at);
      // The category before the bits belongs to the same node.
      const own = moves.at(-1)?.kind === 'category' ? moves.splice(-1) : [];
      arriveAt(1 + (decisions[group.at(-1) ?? at]?.source ?? 0), ...own);
      moves.push({ kind: 'skips', decisions: group });
      nodes++;
      at += group.length - 1;
    } else if (decision.kind === 'input') {
      const among = optionCount(decision);
      arriveAt(among, { kind: 'input', decision: at, among });
    } else {
      optionCount(decision);
      moves.push({ kind: 'category', decision: at });
    }
  }
  return moves;
}

/** How many options a decision has. @throws ArcherError `ARCHER_CAPABILITY` for a real number */
export function optionCount({ name, kind, options, range }: Decision): number {
  if (options !== undefined) return options.length;
  if (kind === 'integer' && range !== undefined) return range[1] - range[0] + 1;
  throw refused(`decisions with options or an integer range; "${name}" is ${kind} without`);
}

/** The choice that an option stands for. */
export function choiceOf({ options, range }: Decision, option: number): Choice {
  return options === undefined ? (range?.[0] ?? 0) + option : option;
}

/** The option that a choice is. */
export function optionOf({ options, range }: Decision, choice: Choice): number {
  return options === undefined ? choice - (range?.[0] ?? 0) : choice;
}

/** Positions from `at` of the bits about ever later sources. */
function bitsFrom(decisions: readonly Decision[], at: number): number[] {
  const group = [at];
  const sourceAt = (one: number): number | undefined => decisions[one]?.source;
  for (let next = at + 1; (sourceAt(next) ?? -1) > (sourceAt(next - 1) ?? 0); next++)
    group.push(next);
  return group;
}

function refused(what: string): ArcherError {
  return new ArcherError('ARCHER_CAPABILITY', `The controller needs ${what}.`, {
    exit: EXIT.manifest,
  });
}
