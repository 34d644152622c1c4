import { EXIT, type Witnessed } from '@archer-nas/core';
import { printable } from '@archer-nas/report';
import { type StepTrace, traceStep } from '@archer-nas/runtime';
import { wholeNumber } from '../number-options.ts';
import type { Command } from './command.ts';
import { type EngineArguments, engineSettings, runOptions } from './run-options.ts';

const { engine, isa, precision, threads, data } = runOptions;

interface Arguments extends EngineArguments {
  run: string;
  step: string;
  data?: string;
}

/** `archer trace`: one step of a search, made again and looked at. */
export const trace: Command<Arguments> = {
  command: 'trace <run>',
  describe: 'Make one step of a search again, and show its batches, paths and norms',
  builder: {
    run: { type: 'string', describe: 'Run folder: <results>/<profile>/seed-<n>' },
    step: { type: 'string', demandOption: true, describe: 'Which, counted from 1' },
    ...{ engine, isa, precision, threads, data },
  },
  examples: [['trace results/quick/seed-0 --step 1000', 'what happened in step 1000']],
  async run({ run, step, data: dataFolder, ...rest }, output) {
    const found = await traceStep(run, {
      step: wholeNumber('--step', 1, step),
      ...{ ...engineSettings(rest), dataFolder },
    });
    output.line(printableText(found));
    output.value({ ...found, seen: found.seen.map(plain) });
    return EXIT.ok;
  },
};

/** As JSON: a list of samples is a list. */
function plain(seen: Witnessed): object {
  return seen.kind === 'batch' ? { ...seen, samples: [...seen.samples] } : seen;
}

function printableText({ step, at, replayed, from, report, seen }: StepTrace): string {
  const { metrics = {} } = report as { readonly metrics?: Readonly<Record<string, number>> };
  return [
    `step ${step}, progress ${at}; ${replayed} steps made again from ${from}, as the journal has them`,
    ...Object.entries(metrics).map(([name, value]) => `  ${name} ${value}`),
    ...seen.flatMap(linesOf),
    ...(seen.length === 0 ? ['nothing was trained in this step'] : []),
  ]
    .map((line) => printable(line))
    .join('\n');
}

function linesOf(seen: Witnessed): string[] {
  switch (seen.kind) {
    case 'batch':
      return [`batch of ${seen.split}: ${seen.samples.join(' ')}`];
    case 'update':
      return [`update by ${seen.optimiser}: rate ${seen.learningRate}, gradients × ${seen.scale}`];
    case 'pass': {
      const norms = Object.entries(seen.norms);
      const total = Math.hypot(...norms.map(([, norm]) => norm));
      return [
        `pass: loss ${seen.loss}, gradient norm ${total}`,
        ...Object.entries(seen.path).map(([site, options]) => `  ${site}: ${options.join(' ')}`),
        ...norms.map(([name, norm]) => `  ‖∂ ${name}‖ ${norm}`),
      ];
    }
  }
}
