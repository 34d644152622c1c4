import type { Plugin } from '@archer-nas/core';

/** See toy-count.mjs. */
export declare const toyCount: Plugin;
