import { openTable, tableBenchmark } from '@archer-nas/tabular';
import { describe, expect, it } from 'vitest';

import { hasRealTable, realLines, realTables } from '../test/real-table.ts';
import { MACRO, MICRO, TASKS } from './definition.ts';
import { macroSpace } from './macro.ts';
import { microSpace } from './micro.ts';
import { canonicalMicro } from './micro-canonical.ts';

describe.skipIf(!hasRealTable)('the published tables', () => {
  if (!hasRealTable) return;
  const folders = { data: realTables, manifest: realTables };

  it.each([
    // README of the data, and the paper's table of best architectures.
    [MICRO, 'class_scene', 54.94, '64-41414-3_32_132'],
    [MICRO, 'class_object', 45.59, '64-41414-3_13_113'],
    [MICRO, 'jigsaw', 95.37, '64-41414-3_30_132'],
    [MICRO, 'segmentsemantic', 94.61, '64-41414-3_13_022'],
    [MICRO, 'autoencoder', 0.577, '64-41414-1_20_310'],
    [MICRO, 'room_layout', -0.601, '64-41414-3_11_133'],
    [MACRO, 'class_scene', 57.41, '64-224131-basic'],
    [MACRO, 'class_object', 47.42, '64-22231-basic'],
    [MACRO, 'jigsaw', 97.02, '64-2243-basic'],
  ])('have the published best: %#', (definition, column, best, arch) => {
    const table = openTable(definition, { folders });
    const values = table.values(column);
    const most = Math.max(...values);
    expect(Math.abs(most - best)).toBeLessThan(best > 1 ? 0.005 : 0.0005);
    expect(table.key(values.indexOf(most))).toBe(arch);
  });

  it.each([
    [MICRO, microSpace(75), 4_096],
    [MACRO, macroSpace(75), 3_256],
  ] as const)('list exactly the architectures of the space: %#', (definition, space, rows) => {
    const table = openTable(definition, { folders });
    expect(table.rows).toBe(rows);
    for (const a of space.all()) {
      if (table.rowOf(space.format(a)) < 0) expect.fail(space.format(a));
    }
    const use = { column: 'normal', purpose: 'search', space } as const;
    const benchmark = tableBenchmark(table, use);
    for (const { name } of TASKS) {
      const [first = expect.fail()] = space.all();
      expect(Number.isFinite(benchmark.value(first, name))).toBe(true);
    }
  });

  it.each([
    ['micro-zero-cost-13.csv.gz', microSpace],
    ['macro-zero-cost-13.csv.gz', macroSpace],
  ] as const)('have the parameters of classification networks: %s', (file, make) => {
    // NASLib counts them for 63 scenes, 100 objects and 9 layout values; seven digits.
    const outputs = { class_scene: 63, class_object: 100, room_layout: 9 };
    const lines = realLines(file);
    for (const [task, classes] of Object.entries(outputs)) {
      const { costs, parse } = make(classes);
      const own = lines.filter((line) => line.task === task);
      expect(own.length).toBeGreaterThan(600);
      for (const { arch = '', params = '' } of own) {
        const counted = costs?.of(parse(arch) as never).params ?? Number.NaN;
        if (Number((counted / 1e6).toPrecision(7)) !== Number(params)) expect.fail(arch);
      }
    }
  });

  it('give cells with the same results one canonical form, offsets of nothing aside', () => {
    // The authors trained cells that they recognised as one network once.
    const forms = new Map<string, Set<string>>();
    const { parse } = microSpace(75);
    for (const line of realLines('micro.csv.gz')) {
      const results = TASKS.map(({ name }) => line[name]).join();
      const form = canonicalMicro(parse(line.arch ?? ''));
      forms.set(results, (forms.get(results) ?? new Set()).add(form));
    }
    expect(forms.size).toBe(2_994);
    const several = [...forms.values()].filter(({ size }) => size > 1);
    expect(several).toHaveLength(23);
    for (const found of several) expect([...found].join()).toContain('offset');
  });

  it('read the further files by task', () => {
    const space = microSpace(75);
    const table = openTable(MICRO, { folders });
    const use = { column: 'zc_params_class_scene', purpose: 'search', space } as const;
    const line = realLines('micro-zero-cost-13.csv.gz').find(({ task }) => task === 'class_scene');
    const cell = space.parse(line?.arch ?? '');
    const benchmark = tableBenchmark(table, use);
    expect(benchmark.value(cell)).toBe(Number(line?.params));
    expect(benchmark.value(cell, 'class_scene_best')).toBe(Number(line?.val_best));
  });
});
