import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encode } from 'jpeg-js';
import { PNG } from 'pngjs';

export type Rgba = readonly [red: number, green: number, blue: number, alpha?: number];

/** A folder that is removed at the end of its scope. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'archer-images-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A PNG whose pixel (x, y) is `colour(x, y)`. */
export function png(
  width: number,
  height: number,
  colour: (x: number, y: number) => Rgba,
  colorType: 0 | 2 | 4 | 6 = 6,
): Buffer {
  const image = new PNG({ width, height });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [red, green, blue, alpha = 255] = colour(x, y);
      image.data.set([red, green, blue, alpha], (y * width + x) * 4);
    }
  }
  return PNG.sync.write(image, { colorType, inputColorType: 6 });
}

/** A JPEG of one colour. */
export function jpeg(width: number, height: number, [red, green, blue]: Rgba): Buffer {
  const data = Buffer.alloc(width * height * 4, Buffer.from([red, green, blue, 255]));
  return encode({ width, height, data }, 95).data;
}

/** Writes files under a folder, making the folders they need. */
export async function write(folder: string, files: Record<string, Buffer | string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}
