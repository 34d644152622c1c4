import { join } from 'node:path';
import { sha256Hex } from '@archer-nas/core';
import { madeUpCsv } from '@archer-nas/tabular';
import {
  describeBenchmark,
  describePackage,
  describeSearchSpace,
  temporaryFiles,
} from '@archer-nas/testkit';
import plugins, { NAS_BENCH_101, nasBench101, withVertices } from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };
const small = { use: 'nas-bench-101', vertices: 4 };

describePackage(kit);

describeSearchSpace({
  ...kit,
  space: { use: 'nas-bench-101' },
  malformed: ['1', '0:', '111111111111111111111:00000', '110:3'],
  isomorphic: [
    // A dead end; vertices in another order.
    ['1:', '110:0'],
    ['110011:01', '110011:10'],
  ],
});
describeSearchSpace({ ...kit, variant: 'five vertices', space: { ...small, vertices: 5 } });

/** Made-up accuracies of all networks of up to four vertices, by their hash. */
const space = nasBench101().restrict(withVertices(small.vertices));
const hashes = new Set(Array.from(space.all(), (cell) => space.canonical?.(cell) as string));
const csv = madeUpCsv(
  NAS_BENCH_101.files[0],
  Array.from(hashes, (hash) => [hash]),
);

describeBenchmark({
  ...kit,
  space: small,
  benchmark: {
    use: 'bench-nas-bench-101',
    column: 'valid_108',
    file: join(temporaryFiles({ 'table.csv': csv }), 'table.csv'),
    sha256: sha256Hex(csv),
  },
});
