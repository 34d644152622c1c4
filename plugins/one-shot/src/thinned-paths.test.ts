import { createStreams, type TensorState } from '@archer-nas/core';
import type { Network, Path, PathRecipe } from '@archer-nas/nn';
import { expect, it } from 'vitest';
import { oneShotOptions } from './options.ts';
import { shuffledOrder } from './shuffle.ts';
import { pathIn } from './sub-supernet.ts';
import { SITES, toyData, toyNetwork } from './testing/toy-supernet.ts';
import { Training } from './training.ts';
import { uniformPaths } from './uniform.ts';

/** The toy supernet, of whose two edges an architecture has one. */
function thinNetwork(): Network {
  const sites = SITES.map((site, at) => ({ ...site, node: `cell${at >> 1}` }));
  return { ...toyNetwork(toyData()), sites, perNode: 1 };
}

function training(seen: Path[]): Training {
  const plain = uniformPaths();
  const paths: PathRecipe = {
    norms: 'none',
    begin: (...context) => {
      const sampler = plain.begin(...context);
      return {
        ...sampler,
        observe: (all) => void seen.push(...all.map(({ proposal }) => proposal.architecture)),
        state: null,
      };
    },
  };
  const options = oneShotOptions.parse({ epochs: 4, weightDecay: 0 });
  const parts = { data: toyData(), order: shuffledOrder, options, streams: createStreams(2) };
  return new Training({ ...parts, network: thinNetwork(), paths });
}

it('trains drawn paths with the edges that architectures have, the others as they were', () => {
  const seen: Path[] = [];
  const of = training(seen);
  const values = () => {
    const { parameters } = of.state as { parameters: Record<string, TensorState> };
    return Object.entries(parameters).filter(([name]) => name.includes('.edge'));
  };
  for (let step = 0; step < 12; step++) {
    const before = values();
    of.step();
    const path = seen.at(-1) as Path;
    expect(path.slice(2)).toEqual(path.slice(0, 2)); // the cells are tied
    expect(path.filter((option) => option === -1)).toHaveLength(2);
    const left = SITES.filter((_, at) => path[at] === -1).map(({ name }) => name);
    for (const [i, [name, value]] of values().entries()) {
      if (left.some((site) => name.startsWith(site))) expect(value).toEqual(before[i]?.[1]);
    }
  }
  expect(new Set(seen.map(([first]) => first === -1)).size).toBe(2); // either edge, now and then
  of.dispose();
});

it('belongs to every part of a split supernet where nothing runs', () => {
  const left = [[1], [0, 1]];
  expect(pathIn([-1, 1, -1, 1], SITES, left)).toEqual([-1, 1, -1, 1]);
  expect(pathIn([1, 0, 1, 0], SITES, left)).toEqual([0, 0, 0, 0]);
  expect(pathIn([0, 1, 0, 1], SITES, left)).toBeUndefined();
});
