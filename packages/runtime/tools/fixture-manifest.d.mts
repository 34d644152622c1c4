import type { Manifest } from '@archer-nas/core';

/** See fixture-manifest.mjs. */
export declare const fixtureManifest: Manifest;
