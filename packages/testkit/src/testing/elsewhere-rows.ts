import { definePlugin, type Sampler } from '@archer-nas/core';
import { z } from 'zod';
import { collecting } from '../other-process.ts';
import { describeSampler } from '../sampler-row.ts';

/** How many samplers this process has made. */
let made = 0;

const PLACES = {
  steady: () => 0,
  'time zone': () => new Date(2020, 0, 1).getTime(),
  folder: () => process.cwd().length,
  language: () => (0.5).toLocaleString(undefined, { style: 'percent' }).charCodeAt(0),
  process: () => process.pid,
  order: () => made,
};
type Place = keyof typeof PLACES;

/** Proposes what depends on the place where it runs. */
function wanderer(of: Place): Sampler<never> {
  made += 1;
  const number = PLACES[of]();
  return {
    state: number,
    propose: () => [{ id: `at ${number}`, architecture: [0, 1] as never }],
    observe() {},
  };
}

const plugin = definePlugin({
  id: 'wanderer',
  kind: 'sampler',
  summary: 'Depends on where it runs.',
  options: z.strictObject({ of: z.enum(Object.keys(PLACES) as [Place, ...Place[]]) }),
  create: ({ of }) => ({ blind: true, begin: () => wanderer(of) as never }),
});

/** The traces of these rows here. */
export const traces = collecting(() => {
  for (const of of Object.keys(PLACES)) {
    describeSampler({
      package: new URL('../..', import.meta.url),
      plugins: [plugin],
      variant: of,
      sampler: { use: 'wanderer', of },
      rounds: 1,
    });
  }
});
