import { decode as decodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import { folderError } from './folder-error.ts';

/** A decoded picture: red, green, blue bytes per pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Larger pictures are refused: decoding one takes tens of bytes per pixel. */
export const MAX_MEGAPIXELS = 64;
const JPEG_MEMORY_MB = 1024;

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG_SIGNATURE = Buffer.from([0xff, 0xd8]);
const RGBA = 4;
const WHITE = 255;

/**
 * Decodes a PNG or JPEG by its content, whatever its name says. Grey becomes three equal
 * channels, 16 bits become 8, transparency is laid over white. EXIF orientation is ignored.
 *
 * @throws ArcherError `ARCHER_DATA_CORRUPT` naming the file
 */
export function decode(bytes: Buffer, path: string): Picture {
  try {
    if (bytes.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE)) return overWhite(png(bytes));
    if (bytes.subarray(0, JPEG_SIGNATURE.length).equals(JPEG_SIGNATURE)) {
      return overWhite(jpeg(bytes));
    }
  } catch (error) {
    throw folderError('CORRUPT', `${path} cannot be decoded: ${(error as Error).message}`);
  }
  throw folderError('CORRUPT', `${path} is neither PNG nor JPEG`);
}

function png(bytes: Buffer): Picture {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (width * height > MAX_MEGAPIXELS * 1e6) {
    throw new Error(`${width} x ${height} is more than ${MAX_MEGAPIXELS} megapixels`);
  }
  return PNG.sync.read(bytes);
}

function jpeg(bytes: Buffer): Picture {
  return decodeJpeg(bytes, {
    useTArray: true,
    formatAsRGBA: true,
    tolerantDecoding: false, // a cut file is an error, not a grey patch
    maxResolutionInMP: MAX_MEGAPIXELS,
    maxMemoryUsageInMB: JPEG_MEMORY_MB,
  });
}

function overWhite({ width, height, data }: Picture): Picture {
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += RGBA, to += 3) {
    const alpha = (data[from + 3] as number) / 255;
    for (let c = 0; c < 3; c++) {
      rgb[to + c] = Math.round(alpha * (data[from + c] as number) + (1 - alpha) * WHITE);
    }
  }
  return { width, height, data: rgb };
}
