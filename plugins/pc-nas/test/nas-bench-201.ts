import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

const beside = resolve(import.meta.dirname, '../../../../shared/data');
const file = join(process.env.ARCHER_TEST_TABLES ?? beside, 'nas-bench-201/nb201.csv.gz');

/** Whether the real table is there: in `ARCHER_TEST_TABLES`, or in a folder beside the repository. */
export const hasRealTable = existsSync(file);

/** CIFAR-10 test accuracy to two decimals, as published, by the six operations of a cell. */
export function publishedAccuracies(): ReadonlyMap<string, number> {
  const [header = '', ...lines] = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  const [ops, accuracy] = ['ops', 'c10_test_200_v11'].map((name) =>
    header.split(',').indexOf(name),
  );
  return new Map(
    lines.map((line) => {
      const fields = line.split(',');
      const value = Number(fields[accuracy as number]);
      return [fields[ops as number] as string, Number(value.toFixed(2))];
    }),
  );
}
