// What a storm's processes do with the run in a folder:
// node storm-child.mjs run '{"out", "uri", "timeoutMs", "rounds", "stepMs", "killAt"}' runs it, or
//   goes on with it, and kills itself with SIGKILL after step `killAt`; one line per event
// node storm-child.mjs points <run folder> prints the points that its journal asks for
import { mlflow } from '@archer-nas/mlflow';
import { readRun, run } from '@archer-nas/runtime';
import { lookupAmong, toyBits, toyClimb, toyOnes } from '@archer-nas/testkit';

const [what, argument] = process.argv.slice(2);
if (what === 'run') await goOn(JSON.parse(argument));
else process.stdout.write(JSON.stringify(points(argument)));

async function goOn({ out, uri, timeoutMs, rounds, stepMs, killAt }) {
  const manifest = {
    ...{ name: 'storm', seeds: [0], study: [], profiles: {}, expect: [] },
    space: { use: 'toy-bits', bits: 8 },
    evaluator: { use: 'toy-ones', noise: 0.5 },
    strategy: { use: 'toy-climb', rounds, stepMs },
    tracker: uri === undefined ? null : { use: 'mlflow', uri, flushMs: 50, timeoutMs },
  };
  const onEvent = (event) => {
    const done = event.progress?.done ?? '';
    process.stdout.write(`${event.type} ${done}${event.message ?? ''}\n`);
    if (event.type === 'step' && done === killAt) process.kill(process.pid, 'SIGKILL');
  };
  const lookup = lookupAmong([mlflow, toyBits, toyOnes, toyClimb]);
  await run({ manifest, lookup, out, dataFolder: out, checkpointEvery: 40, onEvent });
}

/** By key, step and value, from the science lines that count. */
function points(folder) {
  const found = new Set();
  for (const { kind, at, body } of readRun(folder).lines) {
    if (kind !== 'science') continue;
    const step = body.searchAt ?? at;
    for (const [key, value] of Object.entries(body.metrics)) {
      found.add(JSON.stringify([key, step, value]));
    }
  }
  return [...found].map((text) => JSON.parse(text));
}
