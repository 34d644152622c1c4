import { type Block, createStreams, isArcherError, type SearchSpace } from '@archer-nas/core';
import { expect } from 'vitest';
import type { Check } from './check.ts';
import { createParts } from './parts.ts';
import { describeRow, type Row, type RowSubject, rowChecks } from './row.ts';

const SAMPLES = 100;
/** Spaces up to this size are walked through completely. */
const SMALL = 20_000n;

/** What {@link spaceChecks} may be told about a space. */
export interface SpaceSubject<A> {
  readonly space: SearchSpace<A>;
  /** Texts that must not parse; the empty one is always tried. */
  readonly malformed?: readonly string[];
  /** Groups of architectures, as `format` writes them, that are one network: one `canonical`. */
  readonly isomorphic?: readonly (readonly string[])[];
}

/** A search space among the kinds that a manifest names. */
export interface SpaceRow extends Row, Omit<SpaceSubject<unknown>, 'space'> {
  readonly space: Block;
}

/** Runs the contract of a search space, and what every row promises, as tests. */
export function describeSearchSpace(row: SpaceRow): void {
  describeRow(subjectOf(row));
}

/** What {@link describeSearchSpace} runs. */
export function spaceRowChecks(row: SpaceRow): readonly Check[] {
  return rowChecks(subjectOf(row));
}

function subjectOf(row: SpaceRow): RowSubject {
  const made = async () => (await createParts(row)).space as SearchSpace<unknown>;
  const { malformed = [], isomorphic = [] } = row;
  return {
    kind: 'space',
    use: row.space.use,
    row,
    manifest: () => row,
    checks: spaceChecks(async () => ({ space: await made(), malformed, isomorphic })),
    async trace() {
      const space = await made();
      const decisions = samples(space)
        .slice(0, 24)
        .map((a, i, all) => described(space, a, all[(i + 1) % all.length], i));
      return { golden: { decisions }, whole: decisions };
    },
  };
}

/** The contract of a search space; what it does not offer is not checked. */
export function spaceChecks<A>(make: () => Promise<SpaceSubject<A>>): readonly Check[] {
  type Offer = keyof SearchSpace<A>;
  const check = (name: string, run: (subject: SpaceSubject<A>) => void, offer?: Offer): Check => ({
    name: offer === undefined ? name : `${name}, if it has ${offer}`,
    run: async () => {
      const subject = await make();
      if (offer === undefined || subject.space[offer] !== undefined) run(subject);
    },
  });
  return [
    check('samples the same architectures from the same stream', ({ space }) => checkSample(space)),
    check('parses what it formats', ({ space }) => samples(space).forEach(inSpace(space))),
    check('refuses malformed text', ({ space, malformed = [] }) =>
      checkMalformed(space, ['', ...malformed]),
    ),
    check('translates to choices and back', ({ space }) => checkChoices(space), 'decisions'),
    check('lists every architecture once', ({ space }) => checkAll(space), 'all'),
    check('has neighbours that differ', ({ space }) => checkNeighbours(space), 'neighbours'),
    check('mutates within the space', ({ space }) => checkMutate(space), 'mutate'),
    check('crosses within the space', ({ space }) => checkCrossover(space), 'crossover'),
    check('has finite costs that add up', ({ space }) => checkCosts(space), 'costs'),
    check('restricts to the options it is given', ({ space }) => checkRestrict(space), 'restrict'),
    check(
      'gives equal architectures one canonical form',
      ({ space, isomorphic = [] }) => checkCanonical(space, isomorphic),
      'canonical',
    ),
  ];
}

/** Everything that a space says of one architecture. */
function described<A>(space: SearchSpace<A>, a: A, b: A, index: number): unknown {
  const stream = createStreams(5).stream('trace', index);
  const named = (one: A | undefined): string | undefined =>
    one === undefined ? undefined : space.format(one);
  return {
    text: space.format(a),
    id: space.id(a),
    choices: space.toChoices?.(a),
    mutated: space.mutate && named(space.mutate(a, stream)),
    crossed: space.crossover && named(space.crossover(a, b, stream)),
    neighbours: space.neighbours && Array.from(space.neighbours(a), named).slice(0, 8),
    canonical: space.canonical?.(a),
    costs: space.costs?.of(a),
  };
}

function samples<A>(space: SearchSpace<A>): A[] {
  const stream = createStreams(0).stream('space');
  return Array.from({ length: SAMPLES }, () => space.sample(stream));
}

/** Fails unless an architecture survives the round trip through its notation. */
function inSpace<A>(space: SearchSpace<A>): (a: A) => void {
  return (a) => {
    const text = space.format(a);
    const parsed = space.parse(text);
    // By the hundred thousand: an assertion only where one is to fail.
    if (space.format(parsed) !== text) expect(space.format(parsed)).toBe(text);
    if (space.id(parsed) !== space.id(a)) expect(space.id(parsed), text).toBe(space.id(a));
  };
}

function checkSample<A>(space: SearchSpace<A>): void {
  const ids = samples(space).map((a) => space.id(a));
  expect(samples(space).map((a) => space.id(a))).toEqual(ids);
  if (space.size !== 1n) expect(new Set(ids).size, 'distinct samples').toBeGreaterThan(1);
}

function checkMalformed<A>(space: SearchSpace<A>, texts: readonly string[]): void {
  for (const text of texts) {
    let error: unknown;
    try {
      space.parse(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(isArcherError(error), `parse('${text}') must throw an ArcherError`).toBe(true);
  }
}

function checkChoices<A>(space: SearchSpace<A>): void {
  const { decisions = [] } = space;
  for (const a of samples(space)) {
    const choices = space.toChoices?.(a) ?? [];
    expect(choices).toHaveLength(decisions.length);
    decisions.forEach(({ name, options, range = [0, Number.POSITIVE_INFINITY] }, i) => {
      const [low, high] = options ? [0, options.length - 1] : range;
      expect(choices[i], name).toBeGreaterThanOrEqual(low);
      expect(choices[i], name).toBeLessThanOrEqual(high);
    });
    const back = space.fromChoices?.(choices);
    expect(back !== undefined && space.id(back)).toBe(space.id(a));
  }
}

function checkAll<A>(space: SearchSpace<A>): void {
  if (space.size === undefined || space.size > SMALL) return;
  const ids = Array.from(space.all?.() ?? [], (a) => space.id(a));
  const distinct = new Set(ids);
  expect(ids).toHaveLength(Number(space.size));
  expect(distinct.size).toBe(ids.length);
  for (const a of samples(space)) expect(distinct.has(space.id(a))).toBe(true);
}

function checkNeighbours<A>(space: SearchSpace<A>): void {
  for (const a of samples(space).slice(0, 10)) {
    const neighbours = [...(space.neighbours?.(a) ?? [])];
    neighbours.forEach(inSpace(space));
    const ids = new Set(neighbours.map((b) => space.id(b)));
    expect(ids.size, 'distinct neighbours').toBe(neighbours.length);
    expect(ids.has(space.id(a)), 'its own neighbour').toBe(false);
  }
}

function checkMutate<A>(space: SearchSpace<A>): void {
  const child = (a: A, i: number): A | undefined =>
    space.mutate?.(a, createStreams(1).stream('mutate', i));
  samples(space).forEach((a, i) => {
    const before = space.format(a);
    const mutant = child(a, i) as A; // only called where there is `mutate`
    inSpace(space)(mutant);
    expect(space.format(a), 'the parent after mutation').toBe(before);
    expect(space.id(child(a, i) as A)).toBe(space.id(mutant));
  });
}

function checkCrossover<A>(space: SearchSpace<A>): void {
  const parents = samples(space);
  parents.forEach((a, i) => {
    const b = parents.at(i - 1) as A;
    const stream = createStreams(2).stream('crossover', i);
    const child = space.crossover?.(a, b, stream) as A; // only called where there is `crossover`
    inSpace(space)(child);
    const [genes, of1, of2] = [child, a, b].map((each) => space.toChoices?.(each) ?? []);
    genes?.forEach((gene, g) => {
      expect([of1?.[g], of2?.[g]], `choice ${g} of the child`).toContain(gene);
    });
  });
}

function checkCosts<A>(space: SearchSpace<A>): void {
  const { names = [], additive = {} } = space.costs ?? {};
  for (const a of samples(space)) {
    const costs = space.costs?.of(a) ?? {};
    expect(Object.keys(costs).sort()).toEqual([...names].sort());
    for (const name of names) expect(Number.isFinite(costs[name]), name).toBe(true);
    const choices = space.toChoices?.(a) ?? [];
    for (const [name, { base, perChoice }] of Object.entries(additive)) {
      const parts = choices.map((choice, i) => perChoice[i]?.[choice] ?? Number.NaN);
      expect(
        parts.reduce((sum, part) => sum + part, base),
        name,
      ).toBe(costs[name]);
    }
  }
}

/** Sub-spaces that keep a random half of the options, and those of one architecture. */
function checkRestrict<A>(space: SearchSpace<A>): void {
  const { decisions = [], size } = space;
  samples(space)
    .slice(0, 5)
    .forEach((a, i) => {
      const own = space.toChoices?.(a) ?? [];
      const coin = createStreams(3).stream('restrict', i);
      const kept = decisions.map(({ options = [] }, at) =>
        options.flatMap((_, option) => (option === own[at] || coin.int(2) === 0 ? [option] : [])),
      );
      const part = space.restrict?.(kept) as SearchSpace<A>; // only called where there is one
      checkPart(space, part, kept);
      inSpace(part)(a);
      if (part.size === undefined || size === undefined) return;
      const combinations = kept.reduce((product, { length }) => product * BigInt(length), 1n);
      expect(part.size).toBeGreaterThan(0n);
      expect(part.size).toBeLessThanOrEqual(combinations < size ? combinations : size);
      checkAll(part);
    });
}

/** Whatever a sub-space gives has allowed options in the whole space's numbering. */
function checkPart<A>(
  space: SearchSpace<A>,
  part: SearchSpace<A>,
  kept: readonly (readonly number[])[],
): void {
  const { decisions = [] } = space;
  const names = decisions.map(({ options = [] }, at) => kept[at]?.map((i) => options[i]));
  expect(part.decisions?.map(({ options }) => options)).toEqual(names);
  const parents = samples(part);
  parents.slice(0, 20).forEach((a, i) => {
    const stream = createStreams(4).stream('part', i);
    const family = [
      a,
      part.mutate?.(a, stream) ?? a,
      part.crossover?.(a, parents.at(i - 1) as A, stream) ?? a,
      ...(part.neighbours?.(a) ?? []),
    ];
    for (const one of family) {
      inSpace(part)(one);
      space.toChoices?.(one).forEach((choice, at) => {
        if (kept[at]?.includes(choice)) return;
        expect(kept[at], decisions[at]?.name ?? '').toContain(choice);
      });
    }
  });
  const outsider = samples(space).find((a) =>
    space.toChoices?.(a).some((choice, at) => !kept[at]?.includes(choice)),
  );
  if (outsider !== undefined) checkMalformed(part, [space.format(outsider)]);
}

function checkCanonical<A>(
  space: SearchSpace<A>,
  isomorphic: readonly (readonly string[])[],
): void {
  const canonical = (a: A): string => space.canonical?.(a) as string; // only called where it is
  const forms = samples(space).map(canonical);
  expect(samples(space).map(canonical), 'the second time').toEqual(forms);
  samples(space).forEach((a, i) => {
    expect(canonical(space.parse(space.format(a))), space.format(a)).toBe(forms[i]);
  });
  if (space.size !== 1n) expect(new Set(forms).size, 'distinct forms').toBeGreaterThan(1);
  for (const group of isomorphic) {
    const same = new Set(group.map((text) => canonical(space.parse(text))));
    expect([...same], `one form of ${group.join(' and ')}`).toHaveLength(1);
  }
}
