import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How the process of a seed dies in the middle of its study, and how often. */
export interface Death {
  readonly by: 'SIGKILL' | 'exit 137' | 'heap';
  readonly times: number;
}

/**
 * A study that adds up random numbers in four steps. In its third, a process of a seed that is
 * listed in `deaths.json` beside the manifest dies, as often as it says there.
 */
const SOURCE = `
import { existsSync, readFileSync, appendFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
const STEPS = 4;

function perhapsDie(folder) {
  const seed = process.argv[process.argv.indexOf('--seed') + 1];
  const file = join(folder, 'deaths.json');
  const death = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8'))[seed] : undefined;
  if (death === undefined) return;
  const count = join(folder, 'died-' + seed);
  if (existsSync(count) && statSync(count).size >= death.times) return;
  appendFileSync(count, '.');
  if (death.by === 'SIGKILL') process.kill(process.pid, 'SIGKILL');
  if (death.by === 'exit 137') process.exit(137);
  for (const hog = []; ; ) hog.push(new Array(100_000).fill(hog.length + 0.5));
}

export default {
  [Symbol.for('@archer-nas/core/plugin@1')]: true,
  ...{ apiVersion: 1, kind: 'study', id: 'mortal', summary: 'Adds up, and may die.' },
  options: { safeParse: (data) => ({ success: true, data }) },
  create: (_, { folders }) => ({
    when: 'after',
    async begin({ streams }, saved) {
      let { done = 0, sum = 0 } = saved ?? {};
      return {
        get state() {
          return { done, sum };
        },
        get progress() {
          return { done, total: STEPS, unit: 'evaluation' };
        },
        async step() {
          if (done === 2) perhapsDie(folders.manifest);
          sum += streams.stream('mortal', done).float();
          done += 1;
          return { metrics: { sum } };
        },
      };
    },
  }),
};
`;

/** Installs the study `mortal` for manifests in a folder. */
export function installMortal(folder: string): void {
  const root = join(folder, 'node_modules', 'archer-plugin-mortal');
  mkdirSync(root, { recursive: true });
  const about = { name: 'archer-plugin-mortal', version: '1.0.0', type: 'module' };
  const archer = { plugins: ['study:mortal'] };
  const text = JSON.stringify({ ...about, exports: './index.js', archer });
  writeFileSync(join(root, 'package.json'), text);
  writeFileSync(join(root, 'index.js'), SOURCE);
}

/** Says which seeds' processes die. */
export function letDie(folder: string, deaths: Readonly<Record<number, Death>>): void {
  writeFileSync(join(folder, 'deaths.json'), JSON.stringify(deaths));
}

/** How often the process of a seed has died. */
export function deaths(folder: string, seed: number): number {
  return readFileSync(join(folder, `died-${seed}`)).length;
}
