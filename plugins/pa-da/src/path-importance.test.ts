import { createStreams, type Evaluation, type Proposal, type Sampler } from '@archer-nas/core';
import { GRADIENT_NORM, type Path, type PathRecipe, type Site } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import plugins from './index.ts';
import { pathOptions } from './options.ts';

const OPERATIONS = ['none', 'skip', 'conv1', 'conv3', 'pool'];
const EDGES = 6;

/** Sites of `cells` cells of NAS-Bench-201: an edge takes the same operation in all of them. */
function sitesOf(cells: number, edges = EDGES, options = OPERATIONS): Site[] {
  return Array.from({ length: cells * edges }, (_, at) => ({
    name: `cell${Math.floor(at / edges)}.edge${at % edges}`,
    decision: at % edges,
    options,
  }));
}

/** The recipe as a manifest gets it. */
async function recipeOf(options: object): Promise<PathRecipe> {
  const plugin = plugins.find(({ id, kind }) => kind === 'paths' && id === 'importance');
  if (plugin === undefined || !('create' in plugin)) throw new Error('no plugin paths:importance');
  const create = plugin.create as (chosen: unknown, deps: unknown) => Promise<PathRecipe>;
  return create(pathOptions.parse(options), {});
}

async function begin(options: object, sites = sitesOf(2)): Promise<Sampler<Path>> {
  return (await recipeOf(options)).begin(sites);
}

function evaluated(proposal: Proposal<Path>, norms: readonly number[]): Evaluation<Path> {
  const signals = { [GRADIENT_NORM]: Float32Array.from(norms) };
  return { proposal, metrics: {}, signals, cost: {}, status: 'partial' };
}

function tell(sampler: Sampler<Path>, path: Path, norms: readonly number[], weight?: number): void {
  const proposal = { id: 'told', architecture: path, ...(weight === undefined ? {} : { weight }) };
  sampler.observe([evaluated(proposal, norms)]);
}

function endEpoch(sampler: Sampler<Path>, done: number, total = 250) {
  return sampler.advance?.({ done, total, unit: 'epoch' })?.metrics ?? {};
}

type Belief = { readonly p: Float64Array; readonly G: Float64Array };

function beliefs(sampler: Sampler<Path>): readonly Belief[] {
  return (sampler.state as unknown as { beliefs: Belief[] }).beliefs;
}

function draws(sampler: Sampler<Path>, n: number): readonly Proposal<Path>[] {
  const answer = sampler.propose(n, createStreams(5).stream('paths'));
  return typeof answer === 'string' ? [] : answer;
}

function expectClose(got: ArrayLike<number> | undefined, expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(got?.[i]).toBeCloseTo(value, 6);
  });
}

/** Two steps on two cells: path, then its gradient norms, edges of cell 1 before cell 2. */
const CELL_A = [3, 2, 0, 1, 3, 4];
const CELL_B = [2, 2, 2, 0, 0, 0];
const STEPS = [
  { path: [...CELL_A, ...CELL_A], norms: [0.4, 0.1, 0, 0, 0.2, 0, 0.6, 0.3, 0, 0, 0.4, 0] },
  { path: [...CELL_B, ...CELL_B], norms: [0.2, 0.2, 0.2, 0, 0, 0, 0.1, 0.1, 0.1, 0, 0, 0] },
] as const;

describe('the statistic of operations', () => {
  it('is the released one by hand: sum over cells, divided by edges, averaged by halves', async () => {
    const sampler = await begin({});
    tell(sampler, STEPS[0].path, STEPS[0].norms);
    expectClose(beliefs(sampler)[0]?.G, [0, 0, 0.2, 0.4, 0]);
    tell(sampler, STEPS[1].path, STEPS[1].norms);
    expectClose(beliefs(sampler)[0]?.G, [0, 0, 0.25, 0.4, 0]);
    endEpoch(sampler, 101); // τ = 100/250
    expectClose(beliefs(sampler)[0]?.p, [0.12, 0.12, 0.273846, 0.366154, 0.12]);
  });

  it('may sum over edges instead', async () => {
    const sampler = await begin({ multiplicity: 'sum' });
    tell(sampler, STEPS[0].path, STEPS[0].norms);
    expectClose(beliefs(sampler)[0]?.G, [0, 0, 0.2, 0.8, 0]);
  });

  it('weighs the last observations most, or all the same', async () => {
    const site = sitesOf(1, 1);
    const [ema, mean] = [await begin({}, site), await begin({ statistic: 'mean' }, site)];
    for (const norm of [1, 2, 3]) for (const each of [ema, mean]) tell(each, [3], [norm]);
    expect(beliefs(ema)[0]?.G[3]).toBe(2.125);
    expect(beliefs(mean)[0]?.G[3]).toBe(2);
  });

  it('counts an edge whose operation gets no gradient, and skips an operation without any', async () => {
    const sampler = await begin({}, sitesOf(1));
    tell(sampler, [3, 3, 2, 0, 0, 0], [0.8, 0, 0, 0, 0, 0]);
    expectClose(beliefs(sampler)[0]?.G, [0, 0, 0, 0.2, 0]);
    tell(sampler, [3, 0, 2, 0, 0, 0], [0, 0, 0, 0, 0, 0]);
    expectClose(beliefs(sampler)[0]?.G, [0, 0, 0, 0.2, 0]);
  });

  it('starts from zero in every epoch', async () => {
    const sampler = await begin({});
    tell(sampler, STEPS[0].path, STEPS[0].norms);
    endEpoch(sampler, 200);
    expectClose(beliefs(sampler)[0]?.G, [0, 0, 0, 0, 0]);
  });

  it('is kept per edge or per cell and edge where the scope says so', async () => {
    const [edge, cellEdge] = [await begin({ scope: 'edge' }), await begin({ scope: 'cell-edge' })];
    for (const each of [edge, cellEdge]) tell(each, STEPS[0].path, STEPS[0].norms);
    expect(beliefs(edge)).toHaveLength(6);
    expectClose(beliefs(edge)[0]?.G, [0, 0, 0, 0.5, 0]); // (0.4 + 0.6)/2
    expectClose(beliefs(edge)[4]?.G, [0, 0, 0, 0.3, 0]);
    expect(beliefs(cellEdge)).toHaveLength(12);
    expectClose(beliefs(cellEdge)[0]?.G, [0, 0, 0, 0.2, 0]);
    expectClose(beliefs(cellEdge)[6]?.G, [0, 0, 0, 0.3, 0]);
  });

  it('is shared by the sites that have the same operations', async () => {
    const mixed = [...sitesOf(1, 2), ...sitesOf(1, 1, ['a', 'b'])].map((site, decision) => {
      return { ...site, decision };
    });
    const sampler = await begin({}, mixed);
    tell(sampler, [3, 3, 1], [0.2, 0.4, 0.7]);
    expect(beliefs(sampler)).toHaveLength(2);
    expectClose(beliefs(sampler)[0]?.G, [0, 0, 0, 0.15, 0]); // (0 + (0.2 + 0.4)/2)/2
    expectClose(beliefs(sampler)[1]?.G, [0, 0.35]);
  });

  it('needs the gradient norms', async () => {
    const sampler = await begin({});
    const evaluation = evaluated({ id: 'a', architecture: STEPS[0].path }, []);
    expect(() => sampler.observe([{ ...evaluation, signals: {} }])).toThrow(/gradient-norm/);
  });
});

describe('the path distribution', () => {
  it('is uniform in epochs 0 and 1, and epoch e has τ = (e − 1)/E in force', async () => {
    const sampler = await begin({});
    for (let e = 0; e < 250; e++) {
      const τ = e === 0 ? 0 : (e - 1) / 250;
      const floor = (1 - τ) / 5;
      const p = beliefs(sampler)[0]?.p;
      expectClose(p, [floor, floor, floor + τ * 0.25, floor + τ * 0.75, floor]);
      const { path } = STEPS[0];
      tell(
        sampler,
        path,
        path.map((o) => (o === 2 ? 0.5 : o === 3 ? 1.5 : 0)),
      );
      const metrics = endEpoch(sampler, e + 1);
      expect(metrics['path-tau']).toBe(e / 250);
      expect(metrics['path-probability/conv3']).toBeCloseTo(0.2 + (e / 250) * 0.55, 10);
    }
  });

  it.each([
    ['0.5', { smoothing: 0.5 }, 0, [0.1, 0.1, 0.225, 0.475, 0.1]],
    ['124/250', {}, 124, [0.1008, 0.1008, 0.2248, 0.4728, 0.1008]],
    ['248/250', {}, 248, [0.0016, 0.0016, 0.2496, 0.7456, 0.0016]],
  ])(
    'is that of G = (0, 0, 1, 3, 0), smoothed with τ = %s (check C3)',
    async (_, options, e, p) => {
      const sampler = await begin({ ...options, statistic: 'mean' }, sitesOf(1, 2));
      tell(sampler, [2, 3], [1, 3]);
      expectClose(beliefs(sampler)[0]?.G, [0, 0, 1, 3, 0]);
      endEpoch(sampler, e + 1);
      expectClose(beliefs(sampler)[0]?.p, p);
    },
  );

  it('stays frozen while an epoch goes on', async () => {
    const sampler = await begin({});
    const before = beliefs(sampler)[0]?.p;
    for (const { path, norms } of STEPS) tell(sampler, path, norms);
    expect(beliefs(sampler)[0]?.p).toEqual(before);
  });

  it('R39 sums to one and never falls below the floor, whatever the norms', async () => {
    const sampler = await begin({ scope: 'edge' });
    const stream = createStreams(2).stream('norms');
    for (let done = 1; done <= 250; done++) {
      for (const { architecture } of draws(sampler, 3)) {
        tell(
          sampler,
          architecture,
          architecture.map(() => 10 ** (20 * stream.float() - 10)),
        );
      }
      endEpoch(sampler, done);
      for (const { p } of beliefs(sampler)) {
        expect(p.reduce((sum, p_o) => sum + p_o, 0)).toBeCloseTo(1, 12);
        for (const p_o of p) expect(p_o).toBeGreaterThanOrEqual((1 - (done - 1) / 250) / 5 - 1e-15);
      }
    }
  });

  it('is uniform again after an epoch without any gradient', async () => {
    const sampler = await begin({ smoothing: 1 });
    endEpoch(sampler, 3);
    expectClose(beliefs(sampler)[0]?.p, [0.2, 0.2, 0.2, 0.2, 0.2]);
  });

  it('draws paths of convolutions only, nearly, at the end of the released schedule', async () => {
    const sampler = await begin({}, sitesOf(15));
    const path = sitesOf(15).map(({ decision }) => (decision === 0 ? 2 : 3));
    tell(
      sampler,
      path,
      path.map((o) => (o === 2 ? 5 : 3)),
    ); // m_2 = 5·15, m_3 = 3·15
    endEpoch(sampler, 249);
    const conv = draws(sampler, 20_000).filter(({ architecture }) =>
      architecture.every((o) => o === 2 || o === 3),
    );
    const expected = ((4 * 0.992) / 4 + 0.008 * 0.4) ** 6;
    expect(expected).toBeCloseTo(0.9715, 3);
    expect(conv.length / 20_000).toBeGreaterThan(expected - 0.005);
    expect(conv.length / 20_000).toBeLessThan(expected + 0.005);
  });

  it.each([
    ['edge', 6],
    ['cell-edge', 12],
  ])('is that of its own edge at every draw where the scope is %s', async (scope, draw) => {
    const sampler = await begin({ scope, smoothing: 1, weighted: true, statistic: 'mean' });
    const edges = [3, 2, 0, 1, 4, 3];
    const path = [...edges, ...(scope === 'edge' ? edges : [1, 1, 4, 0, 3, 2])];
    tell(
      sampler,
      path,
      path.map(() => 0.5),
    );
    endEpoch(sampler, 3);
    // All that was seen at a draw is one operation: it has p = 1 there, and weight 1/(5·1).
    for (const { architecture, weight } of draws(sampler, 20)) {
      expect(architecture).toEqual(path);
      expect(weight).toBeCloseTo(5 ** -draw, 15);
    }
  });

  it('takes one operation per edge for all cells, or one for each cell where they are apart', async () => {
    for (const { architecture } of draws(await begin({}), 50)) {
      expect(architecture.slice(0, EDGES)).toEqual(architecture.slice(EDGES));
    }
    const apart = draws(await begin({ scope: 'cell-edge' }), 50).filter(
      ({ architecture: a }) => a.slice(0, EDGES).join() !== a.slice(EDGES).join(),
    );
    expect(apart.length).toBeGreaterThan(45);
  });
});

describe('R39 the estimator 1/(N p)', () => {
  const gradient = [1, 2, 3, 4];
  const toy = sitesOf(1, 1, ['a', 'b', 'c', 'd']);

  /** After an epoch that showed every gradient once, with p ∝ |g| in force. */
  async function learnt(options: object): Promise<Sampler<Path>> {
    const sampler = await begin({ statistic: 'mean', smoothing: 1, ...options }, toy);
    gradient.forEach((g, o) => {
      tell(sampler, [o], [g]);
    });
    endEpoch(sampler, 1);
    return sampler;
  }

  const moments = (values: readonly number[]) => [
    values.reduce((sum, v) => sum + v, 0) / values.length,
    values.reduce((sum, v) => sum + v * v, 0) / values.length,
  ];
  const gradientOf = ({ architecture, weight = 1 }: Proposal<Path>) =>
    weight * (gradient[architecture[0] as number] as number);

  it('is unbiased with variance 0 at p ∝ |g|: mean 2.5, second moment 6.25', async () => {
    const [mean, second] = moments(draws(await learnt({ weighted: true }), 1000).map(gradientOf));
    expect(mean).toBeCloseTo(2.5, 12);
    expect(second).toBeCloseTo(6.25, 12);
  });

  it('has second moment 7.5 under uniform paths', async () => {
    const uniform = await begin({ weighted: true }, toy);
    const [mean, second] = moments(draws(uniform, 40_000).map(gradientOf));
    expect(mean).toBeCloseTo(2.5, 1);
    expect(second).toBeCloseTo(7.5, 0);
  });

  it('is biased to 3 without weights, as released', async () => {
    const proposals = draws(await learnt({}), 40_000);
    expect(proposals.every(({ weight }) => weight === undefined)).toBe(true);
    expect(moments(proposals.map(gradientOf))[0]).toBeCloseTo(3, 1);
  });

  it('caps weights', async () => {
    const weights = draws(await learnt({ weighted: true, weightCap: 0.9 }), 500).map(
      (p) => p.weight,
    );
    // 1/(4 p) = 2.5, 1.25, 0.8333, 0.625
    expect([...new Set(weights)].map((w) => (w as number).toFixed(4)).sort()).toEqual([
      '0.6250',
      '0.8333',
      '0.9000',
    ]);
  });

  it('learns the norm of the gradient and not of the weighted gradient', async () => {
    const sampler = await begin({}, toy);
    tell(sampler, [2], [12], 4);
    expect(beliefs(sampler)[0]?.G[2]).toBe(1.5);
  });
});
