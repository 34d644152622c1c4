import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { kendallTauB } from './kendall.ts';
import { precisionAtTop, spearman } from './rank-metrics.ts';

const tables =
  process.env.ARCHER_TEST_TABLES ??
  fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const file = `${tables}/nas-bench-201/nb201.csv.gz`;

/** The body of a skipped `describe` runs, too. */
const tableText = (): string => (existsSync(file) ? gunzipSync(readFileSync(file)).toString() : '');

describe.skipIf(!existsSync(file))('rank metrics on NAS-Bench-201', () => {
  const [header = '', ...lines] = tableText().trim().split('\n');
  const rows = lines.map((line) => line.split(','));
  const names = header.split(',');
  const column = (name: string): number[] => rows.map((row) => Number(row[names.indexOf(name)]));
  const test = column('c10_test_200');
  const params = column('params_c10');

  it('agrees with scipy 1.17.1', () => {
    const valid = column('c10_valid_200');
    expect(kendallTauB(valid, test)).toBeCloseTo(0.8920711174496824, 14);
    expect(kendallTauB(params, test)).toBeCloseTo(0.5778485929525705, 14);
    expect(spearman(valid, test)).toBeCloseTo(0.983538610881518, 13);
    expect(spearman(params, test)).toBeCloseTo(0.7526938517364276, 13);
  });

  it('gives P@Top5% of the parameter count with its range over ties', () => {
    // 781 architectures; the values were found by sorting in Python. Literature on another
    // release of the table: 0.375 to 0.388.
    const lexicographic = rows.map((row) => String(row[names.indexOf('ops')]));
    expect(precisionAtTop(params, test, lexicographic, 0.05)).toEqual({
      value: 290 / 781,
      low: 290 / 781,
      high: 297 / 781,
    });
  });
});
