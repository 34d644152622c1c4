import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** Pixels per unit of an SVG: sharp in print and on dense screens. */
const SCALE = 2;

const require = createRequire(import.meta.url);
const FONTS = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'];

/** The renderer with its fonts, loaded when the first image is drawn. */
let loaded: Promise<(svg: string) => Uint8Array> | undefined;

/**
 * An SVG as PNG. Text is set in DejaVu Sans, which Archer brings along: a machine may have no
 * fonts at all. Nothing that an SVG names is fetched or read.
 */
export async function pngOf(svg: string): Promise<Uint8Array> {
  loaded ??= load();
  return (await loaded)(svg);
}

async function load(): Promise<(svg: string) => Uint8Array> {
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm');
  const [code, ...fontBuffers] = await Promise.all([
    readFile(require.resolve('@resvg/resvg-wasm/index_bg.wasm')),
    ...FONTS.map((name) => readFile(require.resolve(`dejavu-fonts-ttf/ttf/${name}`))),
  ]);
  await initWasm(code);
  const font = { fontBuffers, loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' };
  return (svg) => {
    const drawing = new Resvg(svg, { font, fitTo: { mode: 'zoom', value: SCALE } });
    try {
      return drawing.render().asPng();
    } finally {
      drawing.free();
    }
  };
}
