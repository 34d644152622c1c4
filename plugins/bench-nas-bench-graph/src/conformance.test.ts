import { describeBenchmark, describePackage, describeSearchSpace } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describeSearchSpace({
  ...kit,
  space: { use: 'nas-bench-graph' },
  malformed: ['0012', '0002:gcn,gcn,gcn,gcn', '0012:gcn,gat,gcn', '0123:skip,skip,skip,skip'],
  isomorphic: [
    // Nodes with the same input in another order.
    ['0000:gcn,gat,gin,fc', '0000:fc,gin,gat,gcn'],
    // A skip in a chain, wherever it is.
    ['0123:skip,gcn,gat,fc', '0123:gcn,skip,gat,fc', '0123:gcn,gat,fc,skip'],
    // The input of a skip that is read by it alone: 0→gcn→{gat, fc}.
    ['0122:skip,gcn,gat,fc', '0122:gcn,skip,gat,fc', '0112:gcn,gat,fc,skip'],
    // A skip from the network's input.
    ['0111:skip,gcn,gat,fc', '0000:gcn,gat,fc,skip'],
  ],
});

describeBenchmark({
  ...kit,
  space: { use: 'nas-bench-graph' },
  benchmark: { use: 'bench-nas-bench-graph', values: 'made-up', column: 'cora_valid' },
});
