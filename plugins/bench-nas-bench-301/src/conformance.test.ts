import { join } from 'node:path';
import { sha256Hex } from '@archer-nas/core';
import { madeUpCsv } from '@archer-nas/tabular';
import { describeBenchmark, describePackage, temporaryFiles } from '@archer-nas/testkit';
import plugin, { NAS_BENCH_301 } from './index.ts';
import { ARCHS, genotypeStrings } from './testing/genotype-strings.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin, genotypeStrings] };
const csv = madeUpCsv(
  NAS_BENCH_301.files[0],
  ARCHS.map((arch) => [arch]),
);

describePackage({ ...kit, plugins: plugin });

describeBenchmark({
  ...kit,
  space: { use: 'genotype-strings' },
  benchmark: {
    use: 'bench-nas-bench-301',
    column: 'val_surrogate',
    file: join(temporaryFiles({ 'table.csv': csv }), 'table.csv'),
    sha256: sha256Hex(csv),
  },
});
