import { describe } from 'vitest';
import { isUnavailable } from '../candidates/candidate.ts';
import { js } from '../candidates/js.ts';
import { tensorflow } from '../candidates/tensorflow.ts';
import { wasm } from '../candidates/wasm.ts';
import { webgpu } from '../candidates/webgpu.ts';
import { tf } from '../repaired.ts';

const ENGINES = { js, wasm, tensorflow, webgpu };

/** An engine that this package's tests run on. */
export type Host = keyof typeof ENGINES;

/** Engines that are there only where somebody installed them, and the variable that asks for them. */
const OPTIONAL = { tensorflow: 'ARCHER_TFJS_NODE', webgpu: 'ARCHER_WEBGPU' } as const;

/**
 * The engines that start here: `js` and `wasm` everywhere, `tensorflow` where it is installed,
 * `webgpu` where its variable is set.
 */
export const HOSTS: readonly Host[] = [
  'js',
  'wasm',
  ...((await starts('tensorflow')) ? (['tensorflow'] as const) : []),
  ...(process.env.ARCHER_WEBGPU && (await starts('webgpu')) ? (['webgpu'] as const) : []),
];

/** A block of tests for each engine; those of an engine that does not start are skipped. */
export function describeOnHosts(title: string, tests: (name: Host) => void): void {
  for (const name of Object.keys(ENGINES) as Host[]) {
    describe.skipIf(!HOSTS.includes(name))(`${title} on ${name}`, () => tests(name));
  }
}

/** Makes one of them tfjs's current backend. */
export async function use(name: Host): Promise<void> {
  const answer = await ENGINES[name].start({ tf, named: true });
  if (isUnavailable(answer)) throw new Error(`${name} does not start: ${answer.unavailable}`);
}

async function starts(name: keyof typeof OPTIONAL): Promise<boolean> {
  const answer = await ENGINES[name].start({ tf, named: true });
  if (!isUnavailable(answer)) return true;
  const variable = OPTIONAL[name];
  if (process.env[variable]) throw new Error(`${variable}: ${answer.unavailable}`);
  return false;
}
