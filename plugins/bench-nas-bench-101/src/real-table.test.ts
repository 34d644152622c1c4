import { openTable, tableBenchmark } from '@archer-nas/tabular';
import { describe, expect, it } from 'vitest';

import { hasRealTable, realLines, realTables } from '../test/real-table.ts';
import { graphDigits, parseCell, prune } from './cell.ts';
import { NAS_BENCH_101 } from './definition.ts';
import { graphHash } from './graph-hash.ts';
import { networkParams } from './network-params.ts';
import { nasBench101 } from './space.ts';

const FILES = ['nb101-20k.csv.gz', 'nb101-zero-cost-500.csv.gz', 'ec-nas-5v-4epochs.csv.gz'];

describe.skipIf(!hasRealTable)('the published tables', () => {
  if (!hasRealTable) return;
  const space = nasBench101();
  const folders = { data: realTables, manifest: realTables };
  const open = (column: string, purpose: 'search' | 'study' = 'study') =>
    tableBenchmark(openTable(NAS_BENCH_101, { folders }), { column, purpose, space });
  const best = '096f593e0f12d65f6220bf8565b764a9';
  const cellOf = (hash: string) => {
    const row = realLines('nb101-20k.csv.gz').find(([own]) => own === hash) ?? expect.fail();
    return space.parse(`${row[2]}:${row[3]}`);
  };

  it.each(FILES)('have the official hash of every graph: %s', (file) => {
    const withDevice = file.startsWith('ec') ? 1 : 0;
    const wrong = realLines(file).filter((line) => {
      const [hash, , edges, operations] = line.slice(withDevice);
      const graph = prune(parseCell(`${edges}:${operations}`));
      return graphHash(graph) !== hash || graphDigits(graph).join() !== `${edges},${operations}`;
    });
    expect(wrong).toEqual([]);
  });

  it('have the parameters of every network in the sample', () => {
    const wrong = realLines('nb101-20k.csv.gz').filter(
      ([, , edges, operations, params]) =>
        networkParams(prune(parseCell(`${edges}:${operations}`))) !== Number(params),
    );
    expect(wrong).toEqual([]);
  });

  it('have 20,001 architectures, the best with 0.9491 after 108 epochs', () => {
    const table = openTable(NAS_BENCH_101, { folders });
    expect(table.rows).toBe(20_001);
    const values = table.values('valid_108');
    const row = values.indexOf(Math.max(...values));
    expect(values[row]).toBeCloseTo(0.9491, 4);
    expect(table.key(row)).toBe(best);
    expect(open('valid_108').value(cellOf(best))).toBe(values[row]);
  });

  it('find an architecture under any encoding', () => {
    // Vertices 1 and 2 both lead from the input to the output only: they change places.
    const [one, other] = ['110011:01', '110011:10'].map((text) => space.parse(text));
    const benchmark = open('ec5_valid_4_r1');
    expect(benchmark.value(one ?? expect.fail())).toBe(benchmark.value(other ?? expect.fail()));
  });

  it('look shorter trainings up under the same metric, with a share of the recorded time', () => {
    const evaluator = open('valid_108', 'search').evaluator(['params']);
    const context = { batches: 'all', streams: undefined as never } as const;
    const architecture = cellOf(best);
    const at = (epochs: number) =>
      evaluator.lookUp?.(
        { id: '', architecture, budget: { amount: epochs, unit: 'epoch' } },
        context,
      ) ?? expect.fail();
    expect(at(4).cost.seconds).toBeCloseTo((at(108).cost.seconds ?? 0) / 27, 6);
    expect(at(36).metrics.valid_108).toBe(open('valid_36').value(architecture));
    expect(at(12).metrics.params).toBe(space.costs?.of(architecture).params);
  });

  it('keep test accuracies from a search', () => {
    expect(() => open('ec4_test_108_r1', 'search')).toThrow(/may not read it/);
    const row = realLines('ec-nas-4v.csv.gz').filter(
      ([, hash, , , , , epochs]) => hash === 'b5fb4f6193360330b6ff6a52cbf0cad7' && epochs === '108',
    );
    const tests = row.map((line) => Number(line[10]));
    const [, , vertices, edges, operations] = row[0] ?? [];
    expect(vertices).toBe('4');
    const cell = space.parse(`${edges}:${operations}`);
    const benchmark = open('ec4_test_108_r1');
    const runs = [1, 2, 3].map((run) => benchmark.value(cell, `ec4_test_108_r${run}`));
    expect(runs).toEqual(tests);
  });
});
