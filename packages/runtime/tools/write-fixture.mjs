// Writes fixtures/format-<n>/: the same run, finished and interrupted, as this version writes it.
// For a new format; what earlier versions wrote stays as it is.
// node tools/write-fixture.mjs fixtures/format-2
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '@archer-nas/runtime';
import { lookupAmong, toyBits, toyOnes } from '@archer-nas/testkit';
import { fixtureManifest as manifest } from './fixture-manifest.mjs';
import { toyCount } from './toy-count.mjs';
import { toyWalk } from './toy-walk.mjs';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name the folder to write');
mkdirSync(folder);
const lookup = lookupAmong([toyBits, toyOnes, toyCount, toyWalk]);
const options = { manifest, lookup, checkpointEvery: 2, folder: '/', dataFolder: folder };
await run({ ...options, out: join(folder, 'finished') });
const stop = new AbortController();
await run({
  ...{ ...options, out: join(folder, 'interrupted'), signal: stop.signal },
  onEvent(event) {
    if (event.type === 'step' && event.job.startsWith('study:0') && event.progress.done === 1) {
      stop.abort();
    }
  },
});
