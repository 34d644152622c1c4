// @ts-check
// `node tools/tables/nb201-mini.mjs manifest`: writes the manifest of the table nb201-mini.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { MANIFEST, miniManifest } from './mini-manifest.mjs';

mkdirSync(dirname(MANIFEST), { recursive: true });
writeFileSync(MANIFEST, miniManifest());
