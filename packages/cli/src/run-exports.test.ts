import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archer, archerJson, makeFolder, manifestOf } from '../test/archer.ts';
import { pngOf } from './png.ts';

const out = makeFolder();
const folder = join(out, 'smoke', 'seed-0');
const read = (...path: string[]): Buffer => readFileSync(join(folder, 'exports', ...path));

beforeAll(async () => {
  await archer('run', manifestOf('rea-nb201'), '--profile', 'smoke', '--out', out);
}, 60_000);
afterAll(() => rmSync(out, { recursive: true, force: true }));

describe('exports of runs', () => {
  it('give every table as CSV', async () => {
    const { code, value } = await archerJson('export', folder, '--to', 'csv');
    expect(code).toBe(0);
    expect(value).toMatchObject({
      files: expect.arrayContaining(['seeds.csv', 'best.csv', 'search-repetitions.csv']),
    });
    expect(read('csv', 'search-repetitions.csv').toString()).toMatch(
      /^arm,metric,n,mean,std\nrea,/,
    );
  });

  it('give every table as LaTeX, also from the folder of the seeds', async () => {
    expect((await archer('export', folder, '--to', 'latex')).code).toBe(0);
    const text = read('latex', 'search-repetitions.tex').toString();
    expect(text).toContain('\\begin{tabular}{llrr@{\\,$\\pm$\\,}l}');
    const seeds = join(out, 'tables');
    const { value } = await archerJson('export', out, '--to', 'latex', '--out', seeds);
    expect(value).toMatchObject({ folder: seeds });
  });

  it('draw cells and charts, as SVG and as PNG of twice its size', async () => {
    for (const format of ['svg', 'png']) {
      expect((await archer('export', folder, '--to', format)).code).toBe(0);
    }
    const svg = read('svg', 'cells.svg').toString();
    const [, width, height] = /width="(\d+)" height="([\d.]+)"/.exec(svg) ?? [];
    const png = read('png', 'cells.png');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([
      2 * Number(width),
      Math.ceil(2 * Number(height)),
    ]);
  });
});

describe('pngOf', () => {
  const draw = (inside: string) =>
    pngOf(`<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">${inside}</svg>`);

  it('sets text although no font of the system is used', async () => {
    const [empty, text, other] = await Promise.all([
      draw(''),
      draw('<text y="15" font-family="system-ui, sans-serif">A</text>'),
      draw('<text y="15" font-family="system-ui, sans-serif">τ</text>'),
    ]);
    expect(text).not.toEqual(empty);
    expect(text).not.toEqual(other);
  });

  it('reads no file that a drawing names', async () => {
    const image = '<image href="/etc/hostname" width="9" height="9"/>';
    expect(await draw(image)).toEqual(await draw(''));
  });
});
