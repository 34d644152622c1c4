// A process that runs a manifest of toys and may kill itself: the tests' victim.
// node child-run.mjs '{"options": <RunOptions>, "killAt": 7}'
import { run, stopOnSignals } from '@archer-nas/runtime';
import { lookupAmong, toyBits, toyClimb, toyOnes } from '@archer-nas/testkit';
import { toyCount } from './toy-count.mjs';

const { options, killAt, ignore } = JSON.parse(process.argv[2]);
using_(stopOnSignals());

function using_({ signal }) {
  let events = 0;
  const onEvent = (event) => {
    // The parent waits for these lines; a kill at an event leaves nothing of the next one.
    process.stdout.write(`${event.type} ${event.job ?? ''} ${event.progress?.done ?? ''}\n`);
    if (++events === killAt) process.kill(process.pid, 'SIGKILL');
  };
  const lookup = lookupAmong([toyBits, toyOnes, toyClimb, toyCount]);
  run({ ...options, lookup, onEvent, ...(ignore ? {} : { signal }) }).then(
    ({ exitCode }) => {
      process.exitCode = exitCode;
    },
    (error) => {
      process.stderr.write(`${error.code}: ${error.message}\n`);
      process.exitCode = error.exit ?? 1;
    },
  );
}
