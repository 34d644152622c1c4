import type { Gate, Site } from '@archer-nas/nn';

/**
 * The option that runs at a site of a supernet that runs single paths alone.
 * @throws RangeError where the gate is not of a single path
 */
export function optionAt({ name, options }: Site, gate: Gate | undefined): number {
  if (gate === undefined) throw new RangeError(`no gate for ${name}: too few gates were given`);
  const [option = -1, ...others] = gate.support;
  if (others.length === 0 && option >= 0 && option < options.length) return option;
  throw new RangeError(`${name} runs one of ${options.length} options, not [${gate.support}]`);
}
