import { RowProblem, type TableColumn, type TableDefinition } from '@archer-nas/tabular';

import { graphSpace, LINKS, parse } from './space.ts';

/** Distinct networks. */
export const NETWORKS = 26_206;

/** The nine graph data sets and what their accuracy is. */
const DATA_SETS = [
  ['cora', 'Cora', 'accuracy'],
  ['citeseer', 'CiteSeer', 'accuracy'],
  ['pubmed', 'PubMed', 'accuracy'],
  ['cs', 'Coauthor CS', 'accuracy'],
  ['physics', 'Coauthor Physics', 'accuracy'],
  ['photo', 'Amazon Photo', 'accuracy'],
  ['computers', 'Amazon Computers', 'accuracy'],
  ['arxiv', 'ogbn-arxiv', 'accuracy'],
  ['proteins', 'ogbn-proteins, 2,021 networks', 'ROC-AUC'],
] as const;

const COLUMNS: readonly TableColumn[] = DATA_SETS.flatMap(([name, title, metric]) => [
  ...(['valid', 'test'] as const).map(
    (split): TableColumn => ({
      name: `${name}_${split}`,
      split,
      unit: 'fraction',
      direction: 'maximise',
      range: [0, 1],
      description: `${split} ${metric} on ${title}, mean of three seeds`,
    }),
  ),
  {
    name: `${name}_latency_s`,
    split: 'cost',
    unit: 's',
    direction: 'minimise',
    description: `recorded latency on ${title}`,
  },
  {
    name: `${name}_params_M`,
    split: 'cost',
    unit: 'million',
    direction: 'minimise',
    description: `trainable parameters on ${title}`,
  },
]);

const space = graphSpace();

/** The first encoding of every network, as links and digits. */
function oneOfEach(): string[][] {
  const first = new Map<string, string[]>();
  for (const network of space.all()) {
    const form = space.canonical?.(network) ?? '';
    const [links = 0, ...operations] = network;
    if (!first.has(form)) first.set(form, [LINKS[links] ?? '', operations.join('')]);
  }
  return [...first.values()];
}

/** NAS-Bench-Graph, keyed by canonical forms: the table lists one encoding of each network. */
export const NAS_BENCH_GRAPH: TableDefinition = {
  id: 'nas-bench-graph',
  name: 'NAS-Bench-Graph',
  source: 'Qin et al., NeurIPS 2022; Apache-2.0',
  architectures: NETWORKS,
  keyedBy: 'canonical',
  files: [
    {
      file: 'graph.csv.gz',
      keys: ['links', 'ops'],
      key: ([links = '', operations = '']) => {
        try {
          return space.canonical?.(parse(`${links}:${operations}`)) ?? '';
        } catch (error) {
          throw new RowProblem(error instanceof Error ? error.message : String(error));
        }
      },
      columns: COLUMNS,
      all: oneOfEach,
      known: [
        {
          sha256: 'e021b4ff87d3bba109e0633830c86d84597e6cef0368aa8d5e3508af769936f8',
          name: 'graph.csv.gz',
        },
      ],
    },
  ],
};
