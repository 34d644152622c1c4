import { corrupt, type PublicTable } from '@archer-nas/tabular';

import { ARCHITECTURES, archOf, convolutions, officialOps } from './notation.ts';

/** A public table of the benchmark's test accuracies, row i being architecture i. */
export const PUBLIC_TABLE: PublicTable = {
  url: 'https://raw.githubusercontent.com/v-tao/nats-bench-landscape/312680307c44fd111146b2be0d0148194fbb2ca8/nats_bench.csv',
  bytes: 3_024_008,
  sha256: 'cb5d777ec3368be83c8f9b3aa4d520696051cb0eb8d94b8f85b519f9ea4afa3e',
  source: 'github.com/v-tao/nats-bench-landscape, commit 31268030, read from NATS-tss-v1_0',
  licence:
    'the repository states no licence; the numbers are measurements of NATS-Bench (D-X-Y, MIT)',
  recognises: isPublicTable,
  convert: convertPublicTable,
};

/** Its columns, and ours for them. The string is checked against the row's position. */
const ACCURACIES = [
  ['CIFAR10TestAccuracy200Epochs', 'c10_test_200'],
  ['CIFAR100TestAccuracy200Epochs', 'c100_test_200'],
  ['ImageNetTestAccuracy200Epochs', 'in16_test_200'],
] as const;
const STRING = 'ArchitectureString';

/** Costs of the empty cell, of a 1×1 and of a 3×3 edge (NAS-Bench-201's convention). */
const COSTS = [
  ['params_c10', 73_306, 28_000, 243_040],
  ['params_c100', 79_156, 28_000, 243_040],
  ['params_in16', 80_456, 28_000, 243_040],
  ['flops_c10', 7_783_050, 3_932_160, 35_389_440],
  ['flops_c100', 7_788_900, 3_932_160, 35_389_440],
  ['flops_in16', 1_953_400, 983_040, 8_847_360],
] as const;

/** Whether text begins as the public table does. */
export function isPublicTable(text: string): boolean {
  const header = text.slice(0, text.indexOf('\n')).trim().split(',');
  return header.includes(STRING) && ACCURACIES.every(([name]) => header.includes(name));
}

/**
 * The public table in our layout: index, digits, string, three test accuracies to four
 * decimals, and the costs by their closed forms.
 *
 * @throws ArcherError `ARCHER_DATA_CORRUPT` naming the line that is not what it must be
 */
export function convertPublicTable(text: string): string {
  const lines = text.split('\n', ARCHITECTURES + 3).map((line) => line.replace(/\r$/, ''));
  if (lines.at(-1) === '') lines.pop();
  const header = (lines.shift() ?? '').split(',');
  if (lines.length === 0 || lines.length > ARCHITECTURES) {
    throw corrupt(`the public table has ${lines.length} rows, not 1 to ${ARCHITECTURES}`);
  }
  const names = [
    'index',
    'ops',
    'arch',
    ...ACCURACIES.map(([, ours]) => ours),
    ...COSTS.map(([ours]) => ours),
  ];
  const rows = lines.map((line, index) => convertRow(line.split(','), header, index));
  return `${[names.join(','), ...rows].join('\n')}\n`;
}

function convertRow(fields: readonly string[], header: readonly string[], index: number): string {
  const place = `the public table, line ${index + 2}`;
  const field = (name: string): string => fields[header.indexOf(name)] ?? '';
  const ops = officialOps(index);
  const arch = archOf(ops);
  if (field(STRING) !== arch) {
    throw corrupt(`${place}: architecture ${index} is ${arch}, the row has "${field(STRING)}"`);
  }
  const accuracies = ACCURACIES.map(([name]) => percent(field(name), `${place}: ${name}`));
  const { conv1x1, conv3x3 } = convolutions(arch);
  const costs = COSTS.map(([, base, one, three]) => base + one * conv1x1 + three * conv3x3);
  return [index, ops, arch, ...accuracies, ...costs].join(',');
}

/** Four decimals without trailing zeros. */
function percent(field: string, place: string): number {
  const value = /^\d{1,3}(\.\d+)?$/.test(field) ? Number(field) : Number.NaN;
  if (value >= 0 && value <= 100) return Number(value.toFixed(4));
  throw corrupt(`${place} is "${field}", not a percentage`);
}
