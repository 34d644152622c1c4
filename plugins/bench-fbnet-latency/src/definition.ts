import { RowProblem, type TableColumn, type TableDefinition } from '@archer-nas/tabular';

import { parse } from './space.ts';

/** Networks whose latency was measured. */
export const NETWORKS = 5_000;

/** Device settings; the number behind a GPU is the batch size. */
export const DEVICES: readonly string[] = [
  ...['1080ti', '2080ti', 'titan_rtx', 'titanx', 'titanxp'].flatMap((gpu) =>
    [1, 32, 64].map((batch) => `${gpu}_${batch}`),
  ),
  ...['gold_6226', 'gold_6240', 'silver_4114', 'silver_4210r'],
  ...['pixel2', 'samsung_a50', 'samsung_s7', 'essential_ph_1'],
  ...['raspi4', 'pixel3', 'eyeriss', 'fpga'],
];

/** Those that derive from HW-NAS-Bench, which added up the latencies of blocks. */
const HW_NAS_BENCH: ReadonlySet<string> = new Set(['raspi4', 'pixel3', 'eyeriss', 'fpga']);

const COLUMNS: readonly TableColumn[] = DEVICES.map((device) => ({
  name: `lat_${device}`,
  field: device,
  split: 'cost',
  unit: 'ms',
  direction: 'minimise',
  description:
    `latency on ${device}, CIFAR-100 input; ` +
    (HW_NAS_BENCH.has(device)
      ? 'a sum over layers, HW-NAS-Bench, Li et al. 2021'
      : 'measured, HELP, Lee et al. 2021'),
}));

/** Latencies of FBNet-space networks; there are no accuracies. */
export const FBNET_LATENCY: TableDefinition = {
  id: 'fbnet-latency',
  name: 'FBNet latencies',
  source: 'HELP, Lee et al., NeurIPS 2021; HW-NAS-Bench, Li et al., ICLR 2021; MIT',
  architectures: NETWORKS,
  files: [
    {
      file: 'fbnet-latency.csv.gz',
      keys: ['ops'],
      key: ([digits = '']) => {
        try {
          return parse(digits).join('');
        } catch (error) {
          throw new RowProblem(error instanceof Error ? error.message : String(error));
        }
      },
      columns: COLUMNS,
      known: [
        {
          sha256: 'fa9212d91fa7fd59d5431e539fe8578fabf119a08a070c9ec06b549c74077e53',
          name: 'fbnet-latency.csv.gz',
        },
      ],
    },
  ],
};
