import { js } from '../candidates/js.ts';
import { wasm } from '../candidates/wasm.ts';
import { tf } from '../repaired.ts';

/** The engines that every machine has, as rows of a test: `describe.each(HOSTS)('%s', …)`. */
export const HOSTS = ['js', 'wasm'] as const;

/** Makes one of them tfjs's current backend. */
export async function use(name: (typeof HOSTS)[number]): Promise<void> {
  await (name === 'js' ? js : wasm).start({ tf });
}
