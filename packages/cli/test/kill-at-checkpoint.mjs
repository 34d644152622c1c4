// Loaded before `archer`: kills the process with SIGKILL once its first checkpoint below
// KILL_BELOW counts.
import { dieAt, interceptFiles, killThisProcess } from '@archer-nas/testkit/faults';

const folder = process.env.KILL_BELOW;
if (folder) interceptFiles(folder, dieAt('checkpoint journalled', 1, killThisProcess));
