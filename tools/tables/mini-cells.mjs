// @ts-check
// Which cells the table `nb201-mini` is about.
import { createStreams } from '@archer-nas/core';
import { byIndex, canonical, formatCell, parseCell } from '@archer-nas/space-nas-bench-201';

/** Cells that are known by name; the rest is drawn. */
export const NAMED = {
  'a residual block of two 3×3 convolutions':
    '|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|',
  'all 3×3 convolutions, the most parameters':
    '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|',
  'all skips, where DARTS ends':
    '|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|skip_connect~1|skip_connect~2|',
  'nothing reaches the output': '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|',
};

/** How many cells are drawn. */
export const DRAWN = 246;

/** Cells of NAS-Bench-201. */
const ALL = 15_625;

/**
 * The named cells, then cells drawn uniformly, none of which trains to the same network as one
 * before it. A shorter list is the beginning of a longer one.
 *
 * @param {number} drawn
 * @returns {string[]} in the benchmark's notation
 */
export function miniCells(drawn = DRAWN) {
  const cells = Object.values(NAMED);
  const seen = new Set(cells.map((text) => canonical(parseCell(text))));
  const stream = createStreams(0).scope('nb201-mini').stream('cells');
  while (cells.length < Object.keys(NAMED).length + drawn) {
    const cell = byIndex(stream.int(ALL));
    const network = canonical(cell);
    if (seen.has(network)) continue;
    seen.add(network);
    cells.push(formatCell(cell));
  }
  return cells;
}
