import type { Choice, Decision, Stream } from '@archer-nas/core';
import { softmax } from './distribution.ts';
import type { FactorisedOptions } from './options.ts';
import { choiceOf, movesThrough, optionCount } from './plan.ts';
import type { Choose, Policy, Token, Walk } from './policy.ts';

/**
 * One softmax per decision, independent of all others.
 * @param init fresh parameters are drawn from it; saved ones are copied
 */
export function factorisedPolicy(
  decisions: readonly Decision[],
  { sd }: FactorisedOptions,
  init: Stream | Float64Array,
): Policy {
  const groups = skipGroups(decisions);
  const sizes = decisions.map(optionCount);
  const starts = sizes.map((_, at) => sizes.slice(0, at).reduce((sum, size) => sum + size, 0));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const isSaved = init instanceof Float64Array;
  const θ = isSaved ? init.slice() : new Float64Array(total).map(() => sd * init.normal());
  const dθ = new Float64Array(total);

  const walk = (choose: Choose): Walk => {
    const choices: Choice[] = [];
    const tokens: Token[] = [];
    decisions.forEach((decision, at) => {
      choices.push(0);
      if (decision.when?.(choices.slice(0, at)) === false) return;
      const from = starts[at] as number;
      const logits = θ.slice(from, from + (sizes[at] as number));
      const p = softmax(logits);
      const chosen = choose(p, at);
      choices[at] = choiceOf(decision, chosen);
      const group = groups.get(at);
      tokens.push({ decision: at, logits, p, chosen, ...(group === undefined ? {} : { group }) });
    });
    const backward = (gradients: readonly Float64Array[]): void =>
      tokens.forEach(({ decision }, t) => {
        const from = starts[decision] as number;
        gradients[t]?.forEach((g, option) => {
          dθ[from + option] = (dθ[from + option] as number) + g;
        });
      });
    return { choices, tokens, backward };
  };
  return { parameters: θ, gradient: dθ, walk };
}

/** The number of the node that a connection bit belongs to. */
function skipGroups(decisions: readonly Decision[]): ReadonlyMap<number, number> {
  const groups = movesThrough(decisions).filter((move) => move.kind === 'skips');
  return new Map(groups.flatMap((move, at) => move.decisions.map((one) => [one, at] as const)));
}
