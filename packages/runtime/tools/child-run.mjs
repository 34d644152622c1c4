// A process that runs a manifest of toys and may kill itself: the tests' victim.
// node child-run.mjs '{"options": <RunOptions>, "killAt": "step search 3"}'
import { run, stopOnSignals } from '@archer-nas/runtime';
import { lookupAmong, toyBits, toyClimb, toyOnes } from '@archer-nas/testkit';
import { dieAt, interceptFiles, killThisProcess } from '@archer-nas/testkit/faults';
import { toyCount } from './toy-count.mjs';

const { options, killAt, killPoint, graceMs } = JSON.parse(process.argv[2]);
if (killPoint !== undefined) {
  interceptFiles(options.out, dieAt(killPoint, 1, killThisProcess));
}
const { signal } = stopOnSignals({ graceMs });
const lookup = lookupAmong([toyBits, toyOnes, toyClimb, toyCount]);

function onEvent({ type, job = 'run', progress }) {
  const line = `${type} ${job} ${progress?.done ?? ''}`.trim();
  // The parent waits for these lines.
  process.stdout.write(`${line}\n`);
  if (line === killAt) process.kill(process.pid, 'SIGKILL');
}

try {
  const { exitCode } = await run({ ...options, lookup, signal, onEvent });
  process.exitCode = exitCode;
} catch (error) {
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = error.exit ?? 1;
}
