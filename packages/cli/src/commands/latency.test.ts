import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { archer, archerJson, temporaryFolder } from '../../test/archer.ts';

const TOY = {
  ...{ use: 'mobile', candidates: ['k3_e1', 'k5_e3', 'skip'], stem: 2, first: 2, head: 4 },
  ...{ channels: [8], repeats: [3], strides: [1, 2], costs: { classes: 10, image: 8 } },
};
const manifest = (space: object, strategy: object = { use: 'spos' }) =>
  JSON.stringify({
    ...{ name: 'timed', space, strategy },
    data: { use: 'synthetic', train: 32, valid: 32, test: 32, batch: 16 },
  });

describe('archer latency', () => {
  it('measures a table that a search then keeps its limit by', async () => {
    const folder = temporaryFolder();
    const [file, table] = ['manifest.json', 'latency.csv'].map((name) => join(folder, name)) as [
      string,
      string,
    ];
    writeFileSync(file, manifest(TOY));
    const measure = ['latency', file, '--engine', 'js', '--repeats', '3', '--out', table];
    type Value = { sha256: string; base: number; perChoice: number[][] };
    const { code, value } = await archerJson<Value>(...measure, '--device', 'here');
    expect(code).toBe(0);
    const lines = readFileSync(table, 'utf8').trim().split('\n');
    // A first layer of two candidates, two layers of three, the base and the header.
    expect(lines).toHaveLength(2 + 3 + 3 + 2);
    expect(lines[1]).toMatch(/^base,,\d+\.\d{6},here,js\/.*,1,8,3$/);
    expect(value.perChoice.map((row) => row.length)).toEqual([2, 3, 3]);
    for (const row of value.perChoice.slice(1)) expect(row[2], 'skip').toBe(0);
    expect(value.perChoice.flat().filter((time) => time > 0)).toHaveLength(6);
    // Only two skips keep it.
    const least = Math.min(...(value.perChoice[0] ?? []));
    const constraint = { latency_ms: value.base + least + 1e-5 };
    const timed = { use: 'with-latency', file: 'latency.csv', sha256: value.sha256, space: TOY };
    writeFileSync(
      file,
      manifest(timed, {
        use: 'pc-nas',
        ...{ epochs: 4, pool: 1, samples: 1, constraint, evaluation: { searchEvaluations: 50 } },
      }),
    );
    const ran = await archer('run', file, '--data', folder, '--engine', 'js');
    expect(ran.code, ran.err).toBe(0);
    // With the table around it, the space is measured as before.
    const again = await archerJson<Value>(...measure);
    expect(again.value.perChoice.map((row) => row.length)).toEqual([2, 3, 3]);
    expect(ran.out).toMatch(/^k\d_e\d skip skip /m);
  });

  it('says that a space cannot be timed', async () => {
    const file = join(temporaryFolder(), 'manifest.json');
    writeFileSync(file, manifest({ use: 'enas-macro', layers: 3 }));
    const said = await archer('latency', file, '--engine', 'js');
    expect(said.code).toBe(2);
    expect(said.err).toMatch(/blocks of enas-macro cannot be timed/);
  });
});
