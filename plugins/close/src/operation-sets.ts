import type { GradientContext, ParameterSpec } from '@archer-nas/nn';

/** The operation sets that the edges of a cell share. */
export interface OperationSets {
  /** What an option is in each set; itself alone where it has no weights. */
  options(option: number): readonly number[];
  /** W_t ← W_t + W_{t−1}: set t adds the weights of the set before to its initial ones. */
  inherit(t: number): void;
}

/** Those of a network that was built with sets. */
export function operationSets(
  { sites, parameters }: GradientContext['network'],
  store: GradientContext['store'],
): OperationSets {
  const { options = [], sets: C = 1 } = sites[0] ?? {};
  const n = options.length; // of one set: option o of set s is number o + s n
  const owned = (spec: ParameterSpec) => spec.owner?.option ?? -1;
  const weighed = new Set(parameters.map(owned));
  const of = (t: number) => parameters.filter((spec) => Math.floor(owned(spec) / n) === t);
  return {
    options: (o) => (weighed.has(o) ? Array.from({ length: C }, (_, s) => o + s * n) : [o]),
    inherit(t) {
      const before = of(t - 1);
      const values = new Map(of(t).map(({ name }, at) => [name, before[at]?.name ?? name]));
      const added = new Map([...values].map(([name, from]) => [name, store.value(from)]));
      for (const [name, value] of store.displaced(added, 1)) store.set(name, value);
    },
  };
}
