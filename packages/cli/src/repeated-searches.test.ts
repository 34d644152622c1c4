import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readResult } from '@archer-nas/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archer, archerJson, makeFolder } from '../test/archer.ts';
import { seedOf, toyExperiment } from '../test/toy-experiment.ts';

const here = makeFolder();
const SEEDS = [0, 1, 2];
const [a, b] = [join(here, 'a'), join(here, 'b')];

beforeAll(async () => {
  for (const [out, name] of [
    [a, 'first'],
    [b, 'second'],
  ] as const) {
    const manifest = toyExperiment(here, { name });
    expect((await archer('run', manifest, '--out', out)).code).toBe(0);
  }
}, 60_000);
afterAll(() => rmSync(here, { recursive: true, force: true }));

/** What a run found, and a metric of its search. */
function resultOf(out: string, seed: number) {
  const result = readResult(join(seedOf(out, seed), 'result.json'));
  return result?.search.best[0]?.architecture ?? '';
}

/** The first metric that a search there has. */
function metricOf(out: string): string {
  const result = readResult(join(seedOf(out, 0), 'result.json'));
  return Object.keys(result?.search.metrics ?? {})[0] as string;
}

describe('searches that were repeated with other seeds', () => {
  it('are reported with how much their architectures agree, decision by decision', async () => {
    const found = SEEDS.map((seed) => resultOf(a, seed));
    const differ = (x: string, y: string) => [...x].filter((bit, at) => bit !== y[at]).length;
    const [x = '', y = '', z = ''] = found;
    const distances = [differ(x, y), differ(x, z), differ(y, z)];
    const mean = distances.reduce((sum, one) => sum + one, 0) / 3;
    const { code, out } = await archer('report', a);
    expect(code).toBe(0);
    expect(out).toMatch(/^over seeds$/m);
    expect(out).toContain(
      `${new Set(found).size} different of 3; two of them differ in ${mean.toFixed(2)} of 8 ` +
        `decisions on average, in ${Math.max(...distances)} at most.`,
    );
  });

  it('are compared seed by seed as Markdown, as CSV and as charts', async () => {
    const [csv, svg] = [join(here, 'csv'), join(here, 'svg')];
    const metric = metricOf(a);
    const args = ['--metric', metric, '--format', 'markdown', '--csv', csv, '--svg', svg];
    const { code, out } = await archer('compare', a, b, a, ...args);
    expect(code).toBe(0);
    expect(out).toContain('| seed | first | second | first (2) |');
    expect(out).toContain(`second - first | 3 |`);
    expect(readdirSync(csv)).toContain('paired.csv');
    const [chart = '', ...others] = readdirSync(svg);
    expect(others).toEqual([]);
    expect(readFileSync(join(svg, chart), 'utf8')).toMatch(/^<svg.*first.*second/s);
    // The two experiments differ in their name alone.
    expect(readFileSync(join(csv, 'paired.csv'), 'utf8')).toContain(',second - first,3,0 ± 0,');
  });

  it('are called by their folders where they have one name, like points of a sweep', async () => {
    const [seed0, seed1] = [0, 1].map((seed) => seedOf(a, seed)) as [string, string];
    const { out } = await archer('compare', seed0, seed1, '--metric', metricOf(a));
    expect(out).toContain(seed0);
    expect(out).toContain(seed1);
  });

  it('are reported and compared alike from the three files that a publication needs', async () => {
    const kept = join(here, 'kept');
    for (const [side, out] of Object.entries({ a, b })) {
      for (const seed of SEEDS) {
        for (const file of ['manifest.json', 'fingerprint.json', 'result.json']) {
          cpSync(join(seedOf(out, seed), file), join(kept, side, `seed-${seed}`, file));
        }
      }
    }
    const of = (x: string, y: string) => archer('compare', x, y, '--metric', metricOf(a));
    expect(await of(join(kept, 'a'), join(kept, 'b'))).toEqual(await of(a, b));
    const { code, out } = await archer('report', join(kept, 'a'));
    expect(code).toBe(0);
    expect(out).toContain(resultOf(a, 2));
    const alone = await archer('report', join(kept, 'a', 'seed-2'));
    expect(alone.out).toMatch(/^profile .*, seed 2, finished$/m);
  });

  it('are compared seed by seed as JSON', async () => {
    const metric = metricOf(a);
    const { value } = await archerJson<{ metrics: { rows: object }[] }>(
      ...['compare', a, b, '--metric', metric],
    );
    expect(Object.keys(value.metrics[0]?.rows ?? {})).toEqual(['0', '1', '2']);
  });

  it('are compared in all metrics, each with the first, where none is named', async () => {
    const { code, out } = await archer('compare', a, b, a);
    expect(code).toBe(0);
    expect(out).toMatch(/a: first.*b: second.*c: first.*b - a.*c - a/);
    expect(out).toMatch(/manifest\.name\s+first\s+second\s+first/);
    const page = join(here, 'three.html');
    expect(await archer('compare', a, b, a, '--html', page)).toMatchObject({ code: 0 });
    expect(readFileSync(page, 'utf8')).toContain('3 experiments');
  });

  it('need a metric for other formats, and one that there is', async () => {
    for (const [option, value] of [
      ['--format', 'markdown'],
      ['--svg', here],
    ] as const) {
      expect(await archer('compare', a, b, option, value)).toMatchObject({ code: 2 });
    }
    const unknown = await archer('compare', a, b, '--metric', 'none');
    expect(unknown.err).toContain('No finished run has the metric "none"');
    expect(unknown.code).toBe(2);
  });
});
