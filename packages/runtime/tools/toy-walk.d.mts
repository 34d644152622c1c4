import type { Plugin } from '@archer-nas/core';

/** See toy-walk.mjs. */
export declare const toyWalk: Plugin;
