import { join } from 'node:path';
import { sha256Hex } from '@archer-nas/core';
import { madeUpCsv } from '@archer-nas/tabular';
import {
  describeBenchmark,
  describePackage,
  describeSearchSpace,
  proposalsFrom,
  temporaryFiles,
} from '@archer-nas/testkit';
import plugins, { FBNET_LATENCY, fbnetSpace } from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };
const skips = '8'.repeat(22);

describePackage(kit);

describeSearchSpace({
  ...kit,
  space: { use: 'fbnet' },
  malformed: ['8'.repeat(21), '9'.repeat(22), `${skips}8`, 'skip'],
});

/** Made-up latencies of the networks that the kit asks for. */
const space = fbnetSpace();
const asked = proposalsFrom(space, 8).map(({ architecture }) => [space.format(architecture)]);
const [file] = FBNET_LATENCY.files;
const csv = madeUpCsv(file, [...new Map(asked.map((row) => [row[0], row])).values()]);

describeBenchmark({
  ...kit,
  space: { use: 'fbnet' },
  benchmark: {
    use: 'bench-fbnet-latency',
    column: 'lat_pixel3',
    file: join(temporaryFiles({ 'table.csv': csv }), 'table.csv'),
    sha256: sha256Hex(csv),
  },
});
