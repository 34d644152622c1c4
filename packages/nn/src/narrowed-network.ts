import type { Allowed } from '@archer-nas/core';
import type { Rows } from './mixture.ts';
import type { ArchitecturePath, Gate, Network, ParameterSpec, Piece, Site } from './network.ts';

/**
 * A supernet with some of its options: what is not left has no parameters and is never run. Sites
 * count their options anew, so that relaxations, mixtures and gates are those of any supernet.
 *
 * @param left per decision, the options that stay, ascending
 */
export function narrowedNetwork(network: Network, left: Allowed): Network {
  const { sites, pieces } = network;
  const leftAt = (site: number): readonly number[] => left[sites[site]?.decision ?? -1] ?? [];
  return {
    ...network,
    sites: sites.map((site) => narrowedSite(site, left[site.decision] ?? [])),
    parameters: network.parameters.flatMap((spec) => narrowedParameter(spec, leftAt)),
    forward: (images, gates, forward) =>
      network.forward(
        images,
        gates.map((gate, site) => widenedGate(gate, leftAt(site))),
        forward,
      ),
    ...(pieces && { pieces: pieces.map((piece) => narrowedPiece(piece, leftAt)) }),
  };
}

/** The path in a {@link narrowedNetwork}; `undefined` where an option of it is not left. */
export function narrowedPath(
  path: ArchitecturePath,
  sites: readonly Site[],
  left: Allowed,
): ArchitecturePath | undefined {
  const narrowed = path.map((taken, site) => {
    const { decision = -1, zero } = sites[site] ?? {};
    const positionOf = (option: number): number | undefined => {
      const position = left[decision]?.indexOf(option) ?? -1;
      return position < 0 && option >= 0 && option !== zero ? undefined : position;
    };
    return typeof taken === 'number' ? positionOf(taken) : taken.map(positionOf);
  });
  return narrowed.flat().includes(undefined) ? undefined : (narrowed as ArchitecturePath);
}

/** Rows by all options, 0 for those that are not left, from rows by those that are. */
export function widenedRows(rows: Rows, left: Allowed, counts: readonly number[]): Rows {
  return rows.map((row, decision) => {
    const wide = new Float64Array(counts[decision] ?? 0);
    left[decision]?.forEach((option, at) => {
      wide[option] = row[at] ?? 0;
    });
    return wide;
  });
}

function narrowedSite({ zero, ...site }: Site, left: readonly number[]): Site {
  const position = zero === undefined ? -1 : left.indexOf(zero);
  const options = left.map((option) => site.options[option] ?? '');
  return { ...site, options, ...(position < 0 ? {} : { zero: position }) };
}

function narrowedParameter(
  spec: ParameterSpec,
  leftAt: (site: number) => readonly number[],
): ParameterSpec[] {
  if (spec.owner === undefined) return [spec];
  const { site, option } = spec.owner;
  const position = leftAt(site).indexOf(option);
  return position < 0 ? [] : [{ ...spec, owner: { site, option: position } }];
}

function widenedGate({ after, ...gate }: Gate, left: readonly number[]): Gate {
  const support = gate.support.map((position) => wide(position, left));
  if (after === undefined) return { ...gate, support };
  return { ...gate, support, after: (option, y) => after(left.indexOf(option), y) };
}

function narrowedPiece(piece: Piece, leftAt: (site: number) => readonly number[]): Piece {
  const { site, shortcut } = piece;
  if (site === undefined) return piece;
  const left = leftAt(site);
  return {
    ...piece,
    ...(shortcut && {
      shortcut: (option: number, zeros: readonly boolean[]) => shortcut(wide(option, left), zeros),
    }),
    run: (inputs, forward, option) => piece.run(inputs, forward, wide(option, left)),
  };
}

/** −1 is nothing in either numbering. */
function wide(position: number, left: readonly number[]): number {
  return left[position] ?? -1;
}
