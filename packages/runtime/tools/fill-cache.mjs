// A process that fills a cache which others fill as well: for each key it takes what is there, or
// puts it there, and says at the end what it did. It begins when it is told to.
// node fill-cache.mjs FOLDER KEYS
import { once } from 'node:events';
import { fileCache } from '../dist/cache.js';

const [folder, keys] = process.argv.slice(2);

/** What every process computes for a key. */
const computed = (key) => ({
  key,
  curve: Float64Array.from({ length: 20_000 }, (_, i) => Math.sin(key * i)),
});
const isWhole = ({ key: own, curve }, key) =>
  own === key && Buffer.compare(bytesOf(curve), bytesOf(computed(key).curve)) === 0;
const bytesOf = ({ buffer }) => new Uint8Array(buffer);

const cache = fileCache(folder);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
process.stdin.pause();
const did = { found: 0, put: 0, broken: 0 };
for (let key = 0; key < Number(keys); key++) {
  const there = await cache.get(`${key}`);
  if (there === undefined) {
    await cache.put(`${key}`, computed(key));
    did.put++;
  } else if (isWhole(there, key)) did.found++;
  else did.broken++;
}
process.stdout.write(`${JSON.stringify(did)}\n`);
