import { type Layout, RECORD_BYTES } from '../src/layout.ts';

/** As the official files, with 200 and 100 images. */
export const FAKE: Layout = {
  train: { name: 'train.bin', records: 200 },
  test: { name: 'test.bin', records: 100 },
};

/** Every fine class equally often, five of them in each coarse class; pixels that all differ. */
export function fakeFile(records: number, salt: number): Buffer {
  const bytes = Buffer.alloc(records * RECORD_BYTES);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7 + salt * 31 + (i >> 8) * 13) % 251;
  for (let record = 0; record < records; record++) {
    const fine = (record * 37 + salt) % 100;
    bytes[record * RECORD_BYTES] = fine % 20;
    bytes[record * RECORD_BYTES + 1] = fine;
  }
  return bytes;
}

/** Both files by name. */
export function fakeFiles(): { readonly 'train.bin': Buffer; readonly 'test.bin': Buffer } {
  return {
    'train.bin': fakeFile(FAKE.train.records, 1),
    'test.bin': fakeFile(FAKE.test.records, 2),
  };
}
