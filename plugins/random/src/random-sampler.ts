import type { Sampler, SamplerContext, SamplerRecipe, State } from '@archer-nas/core';

/**
 * Uniform draws from the space, without repeats as long as new architectures turn up within
 * `attempts` draws; then the search is done.
 */
export function randomSampler(options: {
  readonly repeats: boolean;
  readonly attempts: number;
}): SamplerRecipe {
  return { begin: (context, saved) => begin(options, context, saved) };
}

function begin<A>(
  { repeats, attempts }: { readonly repeats: boolean; readonly attempts: number },
  { space }: SamplerContext<A>,
  saved?: State,
): Sampler<A> {
  const { proposed, seen } = (saved ?? { proposed: 0, seen: [] }) as {
    readonly proposed: number;
    readonly seen: readonly string[];
  };
  let count = proposed;
  const visited = new Set(seen);
  return {
    get state() {
      return { proposed: count, seen: [...visited] };
    },
    propose(n, stream) {
      const proposals = [];
      for (let attempt = 0; attempt < attempts * n && proposals.length < n; attempt++) {
        const architecture = space.sample(stream);
        const id = space.id(architecture);
        if (visited.has(id)) continue;
        if (!repeats) visited.add(id);
        proposals.push({ id: `random-${count++}`, architecture });
      }
      return proposals.length === 0 ? 'done' : proposals;
    },
    observe() {},
  };
}
