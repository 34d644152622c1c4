import { createStreams } from '@archer-nas/core';
import { expect, it } from 'vitest';
import { drive } from './job-contract.ts';
import { createParts } from './parts.ts';
import { toyBits } from './toy-bits.ts';
import { toyClimb } from './toy-climb.ts';
import { toyOnes } from './toy-ones.ts';

const toys = {
  plugins: [toyBits, toyOnes, toyClimb],
  space: { use: 'toy-bits', bits: 8 },
  evaluator: { use: 'toy-ones' },
} as const;

it('toy-climb finds the known optimum', async () => {
  const { strategy } = await createParts({ ...toys, strategy: { use: 'toy-climb', rounds: 80 } });
  const search = await strategy.begin({ streams: createStreams(0) });
  await drive(search);
  expect((await search.result()).metrics).toEqual({ ones: 8 });
});
