import type { Allowed } from './allowed-options.ts';
import type { Codes, SearchSpace } from './space.ts';
import type { Stream } from './stream.ts';

/** Larger spaces have no codes: every architecture that was asked for stays in memory. */
const MOST = 2 ** 18;

/** What the codes of a space of choices are made from. */
export interface CodesOf<A> {
  readonly allowed: Allowed;
  /** Whether all combinations are architectures, and a mutation is one decision's other option. */
  readonly plain: boolean;
  /** The space itself, which need not be there before the first code is. */
  readonly space: () => Required<Pick<SearchSpace<A>, Used>>;
}

type Used = 'toChoices' | 'fromChoices' | 'sample' | 'mutate';

/**
 * Codes of a space of categorical decisions: the positions of the options, as digits of one
 * number whose first digit is the most significant. `undefined` where there are too many.
 */
export function choiceCodes<A>({ allowed, plain, space }: CodesOf<A>): Codes<A> | undefined {
  const radices = allowed.map(({ length }) => length);
  const size = radices.reduce((product, radix) => product * radix, 1);
  if (size > MOST) return undefined;
  const weights = weightsOf(radices);
  const known: A[] = [];
  const codeOf = (a: A): number => {
    const choices = space().toChoices(a);
    return weights.reduce((code, weight, at) => code + weight * (choices[at] as number), 0);
  };
  const architectureAt = (code: number): A => {
    known[code] ??= space().fromChoices(
      radices.map((radix, at) => Math.floor(code / (weights[at] as number)) % radix),
    );
    return known[code];
  };
  const draws = plain
    ? plainDraws(radices, weights)
    : {
        sample: (stream: Stream) => codeOf(space().sample(stream)),
        mutate: (code: number, stream: Stream) =>
          codeOf(space().mutate(architectureAt(code), stream)),
      };
  return { size, of: codeOf, at: architectureAt, ...draws };
}

/** Of each digit: the product of the radices behind it. */
function weightsOf(radices: readonly number[]): number[] {
  const weights = radices.map(() => 1);
  for (let at = radices.length - 2; at >= 0; at--) {
    weights[at] = (weights[at + 1] as number) * (radices[at + 1] as number);
  }
  return weights;
}

/** What `uniform` and `changeOne` do with choices, done with digits. */
function plainDraws(radices: readonly number[], weights: readonly number[]) {
  const free = radices.flatMap((radix, at) => (radix > 1 ? [at] : []));
  return {
    sample(stream: Stream): number {
      let code = 0;
      for (let at = 0; at < radices.length; at++) {
        const radix = radices[at] as number;
        code = (code * radix + stream.int(radix)) | 0; // codes are small integers
      }
      return code;
    },
    mutate(code: number, stream: Stream): number {
      if (free.length === 0) return code;
      const at = free[stream.int(free.length)] as number; // below its length
      const [weight, radix] = [weights[at] as number, radices[at] as number];
      const now = ((code / weight) | 0) % radix;
      const other = stream.int(radix - 1) | 0;
      return (code + ((other >= now ? other + 1 : other) - now) * weight) | 0;
    },
  };
}
