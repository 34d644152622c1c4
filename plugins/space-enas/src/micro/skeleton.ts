import { type CellType, looseEnds, type MicroArchitecture } from './cells.ts';

/** The size of a micro network. The paper's final one has 15 layers and 36 channels. */
export interface MicroSize {
  /** Normal cells; two reduction cells come on top. */
  readonly layers: number;
  /** Of the first cells. */
  readonly channels: number;
}

/**
 * How a micro network is built. `searched`: as in the supernet, loose ends go through a 1×1
 * convolution, and a reduction cell's input is halved in front of it. `paper`: loose ends are
 * concatenated, and in a reduction cell what reads its inputs halves.
 */
export type MicroStructure = 'searched' | 'paper';

/**
 * What an input needs to fit a cell: nothing, other channels, or half the size (`reduce`, with a
 * ReLU in front; `halve`, without).
 */
export type Calibration = 'none' | 'project' | 'reduce' | 'halve';

/** An input of a cell: the channels that it has, and what it needs. */
export interface CellInput {
  readonly channels: number;
  readonly calibration: Calibration;
}

/** Where a cell stands. */
export interface CellPlace {
  readonly cell: number;
  /** `cell3`; its parameters start with it. */
  readonly name: string;
  readonly type: CellType;
  readonly channels: number;
  readonly inputs: readonly [CellInput, CellInput];
  /** How often the image has been halved in its calibrated inputs, and in what it gives. */
  readonly halvings: { readonly inputs: number; readonly output: number };
}

/** Channels of the stem, in those of the first cells. */
export const STEM_FACTOR = 3;

/** The numbers of the reduction cells, after a third and two thirds of the layers. */
export function reductionCells({ layers }: Pick<MicroSize, 'layers'>): readonly [number, number] {
  const third = Math.floor(layers / 3);
  return [third, 2 * third + 1];
}

/** How many loose ends the cells of a type have, where they are concatenated. */
export type Ends = Readonly<Record<CellType, number>>;

/** The loose ends of an architecture's cells. */
export function endsOf({ normal, reduce }: MicroArchitecture): Ends {
  return { normal: looseEnds(normal).length, reduce: looseEnds(reduce).length };
}

/** What a cell gives, or has been given. */
interface MapSize {
  readonly channels: number;
  readonly halvings: number;
}

/**
 * The places of all cells.
 *
 * @param ends where loose ends are concatenated: how many; absent: the structure is `searched`
 */
export function placesOf({ layers, channels: first }: MicroSize, ends?: Ends): CellPlace[] {
  const reductions = reductionCells({ layers });
  const image = { channels: STEM_FACTOR * first, halvings: 0 };
  let [previous, last]: [MapSize, MapSize] = [image, image];
  let channels = first;
  return Array.from({ length: layers + 2 }, (_, cell): CellPlace => {
    const type = reductions.includes(cell) ? 'reduce' : 'normal';
    if (type === 'reduce') channels *= 2;
    const halved = last.halvings + (type === 'reduce' ? 1 : 0);
    const inputs = ends === undefined ? halved : last.halvings;
    const place: CellPlace = {
      ...{ cell, name: `cell${cell}`, type, channels },
      inputs: [previous, last].map((map, which) => ({
        channels: map.channels,
        calibration: calibrationOf(map, { channels, halvings: inputs }, which === 1),
      })) as unknown as CellPlace['inputs'], // two
      halvings: { inputs, output: halved },
    };
    const output = { channels: channels * (ends?.[type] ?? 1), halvings: halved };
    const kept = keepsCalibrated(place) ? { channels, halvings: inputs } : last;
    [previous, last] = [kept, output];
    return place;
  });
}

/** Whether the next cell reads the cell's calibrated input in place of the map before it. */
export function keepsCalibrated({ inputs }: CellPlace): boolean {
  return inputs[1].calibration === 'halve';
}

function calibrationOf(from: MapSize, to: MapSize, isLast: boolean): Calibration {
  if (from.halvings !== to.halvings) return isLast ? 'halve' : 'reduce';
  return from.channels === to.channels ? 'none' : 'project';
}

/** The rate of drop-path in a cell: it grows with depth, and the last cell has all of `rate`. */
export function dropPathAt(rate: number, { cell }: CellPlace, { layers }: MicroSize): number {
  return (rate * (cell + 1)) / (layers + 2);
}

/** The cell whose output the auxiliary head reads: the one behind the second reduction. */
export function auxiliaryCell(size: MicroSize): number {
  return reductionCells(size)[1] + 1;
}

/** Channels of that cell's output. */
export function auxiliaryChannels(size: MicroSize, ends?: Ends): number {
  const { channels = 0, type = 'normal' } = placesOf(size, ends)[auxiliaryCell(size)] ?? {};
  return channels * (ends?.[type] ?? 1);
}

/** Channels that reach the classifier. */
export function lastChannels(places: readonly CellPlace[], ends?: Ends): number {
  const { channels = 0, type = 'normal' } = places.at(-1) ?? {};
  return channels * (ends?.[type] ?? 1);
}
