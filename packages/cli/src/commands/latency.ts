import { cpus } from 'node:os';
import { relative, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ArcherError, type Block, EXIT, type SearchSpace, sha256Hex } from '@archer-nas/core';
import { formatTable, printable } from '@archer-nas/report';
import { replaceFile, spaceOfManifest } from '@archer-nas/runtime';
import { latencyCsv, timeBlocks } from '../block-times.ts';
import { chosenProfile, PROFILE_HELP } from '../chosen-profile.ts';
import { wholeNumber } from '../number-options.ts';
import type { Command } from './command.ts';
import { type EngineArguments, engineSettings, runOptions } from './run-options.ts';
import { type VariationArguments, variation, variationOptions } from './variation-options.ts';

interface Arguments extends EngineArguments, Pick<VariationArguments, 'set'> {
  manifest: string;
  profile?: string;
  batch: string;
  repeats: string;
  device?: string;
  out: string;
}

/** Runs of a block before those that count. */
const WARM_UP = 5;

/** `archer latency`: a table of what blocks take on this machine. */
export const latency: Command<Arguments> = {
  command: 'latency <manifest>',
  describe: "Time the blocks of a manifest's space on this machine, and write a table of them",
  builder: {
    manifest: { type: 'string', describe: 'YAML or JSON file' },
    profile: { type: 'string', describe: PROFILE_HELP },
    set: variationOptions.set,
    batch: { type: 'string', default: '1', describe: 'Images at once' },
    repeats: { type: 'string', default: '25', describe: 'Runs of a block; the median counts' },
    device: { type: 'string', describe: 'Name in the table; the processor’s otherwise' },
    out: { type: 'string', default: 'latency.csv', describe: 'File to write' },
    ...{ engine: runOptions.engine, isa: runOptions.isa, precision: runOptions.precision },
    threads: runOptions.threads,
  },
  examples: [
    ['latency manifest.yaml --threads 1', 'of one image on one core'],
    ['latency manifest.yaml --batch 32 --out batch32.csv', 'of many images'],
  ],
  async run({ manifest, profile, set, out, device, ...given }, output) {
    const repeats = wholeNumber('--repeats', 1, given.repeats);
    const batch = wholeNumber('--batch', 1, given.batch);
    const { space, block } = await spaceOfManifest({
      ...{ manifest, profile: chosenProfile(manifest, profile) },
      settings: variation({ set }).settings,
    });
    const { classes, image } = taskOf(block);
    const task = { classes, image: { height: image, width: image, channels: 3 }, batch };
    // Not with the module: every command, and every process of a pool, would load tensors.
    const { engineChoice, startEngine } = await import('@archer-nas/engine');
    const engine = await startEngine({
      ...engineSettings(given),
      engine: engineChoice(given.engine, process.env),
    });
    output.note(`engine: ${engine.description}`);
    const timing = { repeats, warmUp: WARM_UP, now: () => performance.now() };
    // Once for nothing: the compiler of JavaScript makes the first blocks of a process slow.
    timeBlocks(space, blocksOf(space, task), timing);
    const times = timeBlocks(space, blocksOf(space, task), timing);
    const threads = engine.threads === undefined ? '' : ` ${engine.threads} threads`;
    const measured = {
      device: device ?? cpus()[0]?.model.trim() ?? process.arch,
      engine: `${engine.class}${threads}`,
      ...{ batch, image, repeats },
    };
    const text = latencyCsv(space, times, measured);
    replaceFile(resolve(out), text);
    const sha256 = sha256Hex(text);
    const { base, perChoice } = times;
    output.line(formatTable(summary(space, perChoice), output));
    output.line(`base ${base.toFixed(3)} ms, ${times.blocks} blocks, ${measured.device}`);
    output.line(printable(`${out}: space: { use: with-latency, file: ${relative('.', out)},`));
    output.line(`  sha256: ${sha256}, space: { use: ${block.use}, … } }`);
    output.value({ file: out, sha256, base, perChoice, ...measured });
    return EXIT.ok;
  },
};

/** The task that the space counts its costs for, or the space inside of it. */
function taskOf({ use, costs, space }: Block): {
  readonly classes: number;
  readonly image: number;
} {
  const { classes, image } = (costs ?? {}) as { classes?: unknown; image?: unknown };
  if (typeof classes === 'number' && typeof image === 'number') return { classes, image };
  if (space !== undefined) return taskOf(space as Block);
  throw untimed(use);
}

function blocksOf(
  space: SearchSpace<unknown>,
  task: Parameters<NonNullable<SearchSpace<unknown>['timedBlocks']>>[0],
) {
  if (space.timedBlocks === undefined) throw untimed(space.name);
  return space.timedBlocks(task);
}

function untimed(name: string): ArcherError {
  return new ArcherError('ARCHER_LATENCY', `The blocks of ${name} cannot be timed one by one.`, {
    hint: 'Spaces that can: mobile, shufflenet, nas-bench-201.',
    exit: EXIT.usage,
  });
}

/** The fastest and the slowest option of each decision. */
function summary(
  { decisions = [] }: Pick<SearchSpace<never>, 'decisions'>,
  perChoice: readonly (readonly number[])[],
) {
  const rows = decisions.map(({ name, options = [] }, at) => {
    const times = perChoice[at] ?? [];
    const [least, most] = [Math.min(...times), Math.max(...times)];
    const named = (time: number) => `${options[times.indexOf(time)]} ${time.toFixed(3)}`;
    return [printable(name), named(least), named(most)];
  });
  return { columns: ['decision', 'fastest, ms', 'slowest, ms'], rows };
}
