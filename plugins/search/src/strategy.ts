import {
  type Codes,
  codedSpace,
  type Evaluator,
  type Objective,
  type Search,
  type SearchContext,
  type State,
  type Strategy,
} from '@archer-nas/core';
import { codedLookUp, Decoded } from './coded.ts';
import { objectiveOf, withCosts } from './measured.ts';
import { opinion } from './opinion.ts';
import { limitsOf, type SearchOptions } from './options.ts';
import type { LookUp, SearchParts } from './parts.ts';
import { Recorded } from './recorded.ts';
import { AskAndTell } from './search.ts';

/** What the manifest gives. */
export interface Given<A> extends Omit<SearchParts<A>, 'evaluator' | 'objective' | 'recorded'> {
  readonly evaluator: Evaluator<A>;
  readonly objective?: Objective | undefined;
  readonly metric?: string | undefined;
}

/**
 * The ask-and-tell loop as a strategy. Where values are looked up and architectures have codes,
 * it runs on the codes.
 */
export function askAndTell<A>(given: Given<A>, options: SearchOptions): Strategy<A> {
  const { space } = given;
  const objective = objectiveOf(given.evaluator, given);
  const evaluator = withCosts(objective, given.evaluator, space.costs);
  const parts = { ...given, objective, evaluator };
  const begin =
    space.codes && evaluator.lookUp
      ? onCodes({ ...parts, codes: space.codes }, options)
      : (context: SearchContext, saved?: State) => new AskAndTell(parts, options, context, saved);
  return { begin: async (context, saved) => begin(context, saved) };
}

function onCodes<A>(
  { codes, evaluator, ...parts }: Given<A> & { codes: Codes<A>; objective: Objective },
  options: SearchOptions,
): (context: SearchContext, saved?: State) => Search<A> {
  const inner = evaluator.lookUp?.bind(evaluator) as LookUp<A>; // there, as above
  const lookUp = codedLookUp(inner, codes);
  const about = { lookUp, size: codes.size, objective: parts.objective, limits: limitsOf(options) };
  const recorded = evaluator.recorded ? { recorded: new Recorded(about) } : {};
  const coded = {
    ...parts,
    space: codedSpace(parts.space, codes),
    evaluator: { lookUp },
    ...recorded,
  };
  return (context, saved) => {
    const search = new AskAndTell<number>(coded, options, context, saved);
    return new Decoded(search, codes, () => ({ scores: opinion(parts.space, context.streams) }));
  };
}
