import { join, resolve } from 'node:path';
import { type Chart, chartSvg, PRINT, printable } from '@archer-nas/report';
import { replaceFile } from '@archer-nas/runtime';
import type { Output } from '../output.ts';

/** Writes charts as SVG files into a folder, and names them. */
export async function writeCharts(
  folder: string,
  charts: readonly Chart[],
  output: Output,
): Promise<void> {
  const look = { theme: PRINT, id: 'chart', titled: true };
  for (const chart of charts) {
    const file = join(folder, `${chart.name}.svg`);
    replaceFile(resolve(file), `${await chartSvg(chart, look)}\n`);
    output.line(printable(file));
  }
}
