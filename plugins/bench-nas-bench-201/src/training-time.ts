import { recordedTime, type TimeModel } from '@archer-nas/tabular';

import { ARCHITECTURES, convolutions } from './notation.ts';

/**
 * Training seconds per image, 206 µs and 2.58 µs per million multiply-adds of the CIFAR-10
 * network: a least-squares line through the three official records that state them (0.195,
 * 0.289 and 0.498 ms at 11.7, 15.6 and 114.0 million; the line misses them by up to 21 %).
 */
const SECONDS = { perImage: 206e-6, perImageMac: 2.58e-12 };

const MACS = { base: 7_783_050, conv1x1: 3_932_160, conv3x3: 35_389_440 };

/**
 * Training seconds on that line. The records of ImageNet16-120 are those of CIFAR-10 times the
 * ratio of the numbers of images (3.034), though its images are smaller: the same line holds.
 */
const SIMULATED: TimeModel = {
  kind: 'simulated',
  description:
    'a line in the multiply-adds through the three official records that state them, ' +
    'off by up to 21 % there',
  of(table, { training }) {
    const { epochs = 0, imagesPerEpoch = 0 } = training ?? {};
    const images = epochs * imagesPerEpoch;
    const seconds = new Float64Array(ARCHITECTURES); // 0: not computed yet
    return (row) => {
      if (seconds[row] === 0) seconds[row] = images * perImage(table.key(row));
      return seconds[row] ?? Number.NaN;
    };
  },
};

/** As the official files record it, in tables that were converted from them. */
const RECORDED = recordedTime(
  ['c10h', 'c10', 'c100', 'in16'].map((set) => `seconds_per_epoch_${set}`),
  ({ name }) => {
    const set = /^c10_valid|^c10h_/.test(name) ? 'c10h' : name.slice(0, name.indexOf('_'));
    return `seconds_per_epoch_${set}`;
  },
);

/** Recorded where the table has it, simulated otherwise. */
export const TRAINING_TIME: readonly TimeModel[] = [RECORDED, SIMULATED];

function perImage(arch: string): number {
  const { conv1x1, conv3x3 } = convolutions(arch);
  const macs = MACS.base + MACS.conv1x1 * conv1x1 + MACS.conv3x3 * conv3x3;
  return SECONDS.perImage + SECONDS.perImageMac * macs;
}
