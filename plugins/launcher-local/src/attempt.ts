import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { LastWords, type LaunchContext, type ProcessEnd, type Task } from '@archer-nas/core';

/** How long output is waited for when a process has ended and somebody still holds its pipes. */
const DRAIN_MS = 1000;

/** What surrounds an attempt. */
export interface AttemptContext extends Pick<LaunchContext, 'onEvent'> {
  readonly env: NodeJS.ProcessEnv;
  /** Holds the process while it runs. */
  readonly running: Set<ChildProcess>;
}

/** Runs a task's command once, to the end of its process. Never rejects. */
export function attempt(task: Task, context: AttemptContext): Promise<ProcessEnd> {
  const [program, ...args] = task.command;
  const child = spawn(program, args, {
    // The channel carries no messages: when this process dies it closes, and the child stops.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // In a group of its own: Ctrl-C reaches this process alone, which passes it on once.
    detached: process.platform !== 'win32',
    windowsHide: true,
    env: { ...context.env, ...task.env },
  });
  const words = listen(child, task, context);
  context.running.add(child);
  return new Promise((resolve) => {
    let drain: NodeJS.Timeout | undefined;
    const end = (ended: Omit<ProcessEnd, 'words'>): void => {
      clearTimeout(drain);
      context.running.delete(child);
      resolve({ ...ended, words });
    };
    child.on('error', (error) => {
      if (child.pid === undefined) end({ code: null, signal: null, unstarted: error.message });
    });
    // Usually `close` follows at once, with all output; not when somebody holds a pipe, and not
    // when this side has closed the channel.
    child.on('exit', (code, signal) => {
      drain = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        end({ code, signal });
      }, DRAIN_MS);
    });
    child.on('close', (code, signal) => end({ code, signal }));
  });
}

/** Passes whole lines on, and keeps what of them tells why a process ended. */
function listen(child: ChildProcess, task: Task, { onEvent }: AttemptContext): LastWords {
  const words = new LastWords();
  for (const [stream, error] of [[child.stdout, false] as const, [child.stderr, true] as const]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      onEvent?.({ type: 'line', task, line, error });
      if (error) words.hear(line);
    });
  }
  return words;
}

/** Asks for a checkpoint and an end. Windows has no signals: there the channel closes. */
export function stopChild(child: ChildProcess): void {
  if (process.platform !== 'win32') child.kill('SIGTERM');
  else if (child.connected) child.disconnect();
}
