import {
  canonicalOf,
  type Sampler,
  type SamplerContext,
  type SamplerRecipe,
  type SearchSpace,
  type State,
} from '@archer-nas/core';

/** See the plugin's options. */
export interface RandomOptions {
  readonly repeats: boolean;
  readonly distinct: 'architecture' | 'canonical';
  readonly attempts: number;
}

/**
 * Draws from the space's own distribution, without repeats as long as new architectures turn
 * up within `attempts` draws; then the search is done.
 */
export function randomSampler(options: RandomOptions): SamplerRecipe {
  return { name: 'random', blind: true, begin: (context, saved) => begin(options, context, saved) };
}

function begin<A>(
  { repeats, distinct, attempts }: RandomOptions,
  { space }: SamplerContext<A>,
  saved?: State,
): Sampler<A> {
  const { proposed, seen } = (saved ?? { proposed: 0, seen: [] }) as {
    readonly proposed: number;
    readonly seen: readonly string[];
  };
  const key = keyOf(space, distinct);
  let count = proposed;
  const visited = new Set(seen);
  const draw = (stream: Parameters<Sampler<A>['propose']>[1]): A | undefined => {
    if (repeats) return space.sample(stream);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const architecture = space.sample(stream);
      const name = key(architecture);
      if (visited.has(name)) continue;
      visited.add(name);
      return architecture;
    }
    return undefined;
  };
  return {
    get state() {
      return { proposed: count, seen: [...visited] };
    },
    propose(n, stream) {
      const proposals = [];
      while (proposals.length < n) {
        const architecture = draw(stream);
        if (architecture === undefined) break;
        proposals.push({ id: `random-${count++}`, architecture });
      }
      return proposals.length === 0 ? 'done' : proposals;
    },
    observe() {},
  };
}

function keyOf<A>(space: SearchSpace<A>, distinct: RandomOptions['distinct']): (a: A) => string {
  return distinct === 'architecture' ? (a) => space.id(a) : canonicalOf(space, 'random');
}
