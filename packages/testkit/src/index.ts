import type { Plugin } from '@archer-nas/core';
import { toyBits } from './toy-bits.ts';
import { toyClimb } from './toy-climb.ts';
import { toyOnes } from './toy-ones.ts';

export * from './check.ts';
export * from './clone-state.ts';
export * from './job-contract.ts';
export * from './order-contract.ts';
export * from './recorded-run.ts';
export * from './sampler-contract.ts';
export * from './space-contract.ts';
export * from './strategy-contract.ts';
export * from './toy-bits.ts';
export * from './toy-climb.ts';
export * from './toy-ones.ts';
export * from './tracker-contract.ts';

const plugins = [toyBits, toyOnes, toyClimb] as unknown as readonly Plugin[];
export default plugins;
