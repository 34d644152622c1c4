import type { Codes, SearchSpace } from './space.ts';

/**
 * A space whose architectures are the codes of another's: the same draws, notations, choices and
 * costs. What is a function of one architecture is computed once for each.
 */
export function codedSpace<A>(space: SearchSpace<A>, codes: Codes<A>): SearchSpace<number> {
  const { all, canonical, costs, crossover, fromChoices, mutate, neighbours, restrict } = space;
  const { decisions, toChoices } = space;
  const { of, at } = codes;
  return {
    name: space.name,
    size: space.size,
    sample: codes.sample,
    format: (code) => space.format(at(code)),
    parse: (text) => of(space.parse(text)),
    id: remembered((code) => space.id(at(code))),
    codes: { ...codes, of: (code) => code, at: (code) => code },
    ...(decisions && { decisions }),
    ...(toChoices && { toChoices: (code: number) => toChoices.call(space, at(code)) }),
    ...(fromChoices && { fromChoices: (choices) => of(fromChoices.call(space, choices)) }),
    ...(all && { all: () => mapped(all.call(space), of) }),
    ...(neighbours && {
      neighbours: (code: number) => mapped(neighbours.call(space, at(code)), of),
    }),
    ...(mutate && { mutate: codes.mutate }),
    ...(crossover && {
      crossover: (a: number, b: number, stream) => of(crossover.call(space, at(a), at(b), stream)),
    }),
    ...(canonical && { canonical: remembered((code) => canonical.call(space, at(code))) }),
    ...(restrict && {
      restrict(allowed) {
        const part = restrict.call(space, allowed);
        // A part's architectures keep the codes that they have in the whole.
        const sample: Codes<A>['sample'] = (stream) => of(part.sample(stream));
        const { mutate: own } = part;
        return codedSpace(part, {
          ...codes,
          sample,
          mutate: (code, stream) => (own ? of(own.call(part, at(code), stream)) : code),
        });
      },
    }),
    ...(costs && { costs: { ...costs, of: remembered((code) => costs.of(at(code))) } }),
  };
}

function remembered<T>(f: (code: number) => T): (code: number) => T {
  const known: T[] = [];
  return (code) => {
    known[code] ??= f(code);
    return known[code];
  };
}

function* mapped<A, B>(items: Iterable<A>, f: (item: A) => B): Generator<B> {
  for (const item of items) yield f(item);
}
