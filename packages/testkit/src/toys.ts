import type { Plugin } from '@archer-nas/core';
import { toyBits } from './toy-bits.ts';
import { toyClimb } from './toy-climb.ts';
import { toyOnes } from './toy-ones.ts';
import { toyPair } from './toy-pair.ts';
import { toyTable } from './toy-table.ts';

/** All toys, as a package's default export is. */
const toys = [toyBits, toyOnes, toyTable, toyClimb, toyPair] as unknown as readonly Plugin[];
export default toys;
