import {
  ArcherError,
  EXIT,
  type Sampler,
  type SamplerContext,
  type SamplerRecipe,
  type State,
} from '@archer-nas/core';

/**
 * Proposes the listed architectures, each once and in order; then the search is done.
 * @throws ArcherError `ARCHER_LISTED` when it begins with none
 */
export function listedSampler(architectures: readonly string[]): SamplerRecipe {
  return {
    name: 'listed',
    blind: true,
    evaluations: architectures.length,
    begin: (context, saved) => begin(architectures, context, saved),
  };
}

function begin<A>(
  texts: readonly string[],
  { space }: SamplerContext<A>,
  saved?: State,
): Sampler<A> {
  if (texts.length === 0) {
    throw new ArcherError('ARCHER_LISTED', 'No architecture is listed.', {
      hint: `Write some under strategy.architectures, as ${space.name} writes them.`,
      exit: EXIT.manifest,
    });
  }
  // All of them at once: a mistake in the last one is found before the first is evaluated.
  const listed = texts.map((text) => space.parse(text));
  let done = (saved as { readonly done: number } | undefined)?.done ?? 0;
  return {
    get state() {
      return { done };
    },
    propose(n) {
      const next = listed.slice(done, done + n);
      const proposals = next.map((architecture, i) => ({ id: `listed-${done + i}`, architecture }));
      done += next.length;
      return proposals.length === 0 ? 'done' : proposals;
    },
    observe() {},
  };
}
