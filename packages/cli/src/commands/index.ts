import type { Command } from './command.ts';
import { compare } from './compare.ts';
import { data } from './data.ts';
import { doctor } from './doctor.ts';
import { exportRun } from './export.ts';
import { extend } from './extend.ts';
import { init } from './init.ts';
import { latency } from './latency.ts';
import { list } from './list.ts';
import { report } from './report.ts';
import { resume } from './resume.ts';
import { run } from './run.ts';
import { schema } from './schema.ts';
import { suite } from './suite.ts';
import { sweep } from './sweep.ts';
import { sync } from './sync.ts';
import { trace } from './trace.ts';
import { verify } from './verify.ts';

/** All commands, in the order of the help page. */
export const commands: readonly Command<never>[] = [
  run,
  resume,
  extend,
  report,
  compare,
  sync,
  verify,
  trace,
  exportRun,
  latency,
  list,
  init,
  data,
  doctor,
  schema,
  suite,
  sweep,
];
