#!/usr/bin/env node
import { main } from './main.ts';

// `archer list | head` ends quietly, and a run goes on when nobody reads its lines any more.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
process.exitCode = await main(process.argv.slice(2));
