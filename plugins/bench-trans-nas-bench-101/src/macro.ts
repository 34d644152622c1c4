import { type ChoiceSpace, choiceSpace } from '@archer-nas/core';

import { malformed } from './errors.ts';
import { convNorm, outerParams, STEM } from './layers.ts';

/** What a module does to its input. `absent` only ends shorter networks. */
export const MODULES = ['plain', 'channels×2', 'resolution/2', 'both', 'absent'] as const;

const ABSENT = 4;
const LEAST = 4;
const MOST = 6;
const BLOCKS_PER_MODULE = 2;

/** Four to six modules, each 0 plain, 1 doubles the channels, 2 halves the resolution, 3 both. */
export type MacroNetwork = readonly number[];

const doubles = (module: number): boolean => module === 1 || module === 3;
const halves = (module: number): boolean => module === 2 || module === 3;

/**
 * The 3,256 skeletons of TransNAS-Bench-101's macro space: four to six modules of two residual
 * blocks, of which one to three double the channels and one to four halve the resolution.
 *
 * @param classes of the task for `params`
 */
export function macroSpace(classes: number): ChoiceSpace<MacroNetwork> {
  return choiceSpace<MacroNetwork>({
    name: 'trans-nas-bench-101-macro',
    decisions: Array.from({ length: MOST }, (_, at) => ({
      name: `module${at + 1}`,
      kind: 'categorical' as const,
      options: MODULES.slice(0, at < LEAST ? ABSENT : ABSENT + 1),
    })),
    encode: (network) => Array.from({ length: MOST }, (_, at) => network[at] ?? ABSENT),
    decode: (choices) => choices.filter((module) => module !== ABSENT),
    valid: isValid,
    format: formatMacro,
    parse: parseMacro,
    costs: {
      names: ['params'],
      of: (network) => ({ params: macroParams(network, classes) }),
    },
  });
}

/** Absent modules only at the end, and the benchmark's numbers of doublings and halvings. */
function isValid(modules: readonly number[]): boolean {
  const end = modules.indexOf(ABSENT);
  if (end >= 0 && modules.slice(end).some((module) => module !== ABSENT)) return false;
  const wider = modules.filter(doubles).length;
  const smaller = modules.filter(halves).length;
  return wider >= 1 && wider <= 3 && smaller >= 1 && smaller <= 4;
}

/** The official string, e.g. `64-1234-basic`. */
export function formatMacro(network: MacroNetwork): string {
  return `64-${network.map((module) => module + 1).join('')}-basic`;
}

/** Inverse of {@link formatMacro}. @throws ArcherError `ARCHER_TNB101_STRING` */
export function parseMacro(text: string): MacroNetwork {
  const form =
    'The form is 64-<four to six digits>-basic: 1 plain, 2 doubles the channels, 3 halves the ' +
    'resolution, 4 both; one to three doublings, one to four halvings.';
  const [, digits] = /^64-([1-4]{4,6})-basic$/.exec(text.trim()) ?? [];
  if (digits === undefined) {
    throw malformed(text, 'macro', 'it is not 64-, four to six digits from 1 to 4, -basic', form);
  }
  const network = Array.from(digits, (digit) => Number(digit) - 1);
  if (isValid(network)) return network;
  const [wider, smaller] = [network.filter(doubles).length, network.filter(halves).length];
  throw malformed(text, 'macro', `it has ${wider} doublings and ${smaller} halvings`, form);
}

/** ResNet's basic blocks; the first of a module has a 1×1 shortcut where the shape changes. */
function macroParams(network: MacroNetwork, classes: number): number {
  let params = 0;
  let width = STEM;
  for (const module of network) {
    for (let block = 0; block < BLOCKS_PER_MODULE; block++) {
      const to = block === 0 && doubles(module) ? 2 * width : width;
      params += convNorm(3, width, to) + convNorm(3, to, to);
      if (block === 0 && module !== 0) params += convNorm(1, width, to);
      width = to;
    }
  }
  return params + outerParams(width, classes);
}
