import { describe } from 'vitest';
import { isUnavailable } from '../candidates/candidate.ts';
import { js } from '../candidates/js.ts';
import { tensorflow } from '../candidates/tensorflow.ts';
import { wasm } from '../candidates/wasm.ts';
import { tf } from '../repaired.ts';

const ENGINES = { js, wasm, tensorflow };

/** An engine that this package's tests run on. */
export type Host = keyof typeof ENGINES;

/** The engines that start here: `js` and `wasm` everywhere, `tensorflow` where it is installed. */
export const HOSTS: readonly Host[] = (await tensorflowStarts())
  ? ['js', 'wasm', 'tensorflow']
  : ['js', 'wasm'];

/** A block of tests for each engine; those of an engine that does not start are skipped. */
export function describeOnHosts(title: string, tests: (name: Host) => void): void {
  for (const name of Object.keys(ENGINES) as Host[]) {
    describe.skipIf(!HOSTS.includes(name))(`${title} on ${name}`, () => tests(name));
  }
}

/** Makes one of them tfjs's current backend. */
export async function use(name: Host): Promise<void> {
  const answer = await ENGINES[name].start({ tf });
  if (isUnavailable(answer)) throw new Error(`${name} does not start: ${answer.unavailable}`);
}

async function tensorflowStarts(): Promise<boolean> {
  const answer = await tensorflow.start({ tf });
  if (!isUnavailable(answer)) return true;
  if (process.env.ARCHER_TFJS_NODE) throw new Error(`ARCHER_TFJS_NODE: ${answer.unavailable}`);
  return false;
}
