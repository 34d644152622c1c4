import { constants } from 'node:os';
import { EXIT } from './errors.ts';

/** How a task's process ended, and what it said. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly words: LastWords;
  /** Why no process could be started. */
  readonly unstarted?: string;
}

/** What of the lines that a process prints on standard error tells why it ended. */
export class LastWords {
  /** The last line that begins with `error`, else the last one. */
  complaint = '';
  /** Whether Node.js said that its heap is full. */
  heapIsFull = false;

  hear(line: string): void {
    if (line.trim() === '') return;
    this.heapIsFull ||= line.includes('heap out of memory');
    if (line.startsWith('error ') || !this.complaint.startsWith('error ')) {
      this.complaint = line.trim();
    }
  }
}

/** What the end of a process without a result means for its task. */
export type EndVerdict =
  /** It was killed: again, the same task goes on. */
  | { readonly status: 'died'; readonly reason: string }
  /** It gave up by itself: again, it would give up again. */
  | { readonly status: 'failed'; readonly reason: string; readonly exitCode?: number }
  | { readonly status: 'stopped'; readonly reason: 'interrupted' | 'time-up' };

/** Above it, exit codes are signals: a shell's way to say that one killed the process. */
const SIGNAL_BASE = 128;

/** Judges how a process of `archer` ended that left no result. */
export function judgeEnd({ code, signal, words, unstarted }: ProcessEnd): EndVerdict {
  const { complaint, heapIsFull } = words;
  if (unstarted !== undefined) return { status: 'failed', reason: `not started: ${unstarted}` };
  if (code === EXIT.timeUp) return { status: 'stopped', reason: 'time-up' };
  if (code === EXIT.interrupted) return { status: 'stopped', reason: 'interrupted' };
  const killer = signal ?? signalOf(code);
  if (killer !== undefined) return { status: 'died', reason: deathBy(killer, heapIsFull) };
  const exitCode = code ?? EXIT.failed;
  if (exitCode === EXIT.ok) {
    return { status: 'failed', reason: 'ended with exit code 0, but without a result', exitCode };
  }
  const said = complaint === '' ? '' : `: ${complaint.replace(/^error /, '')}`;
  return { status: 'failed', reason: `exit code ${exitCode}${said}`, exitCode };
}

function signalOf(code: number | null): string | undefined {
  if (code === null || code <= SIGNAL_BASE) return undefined;
  const found = Object.entries(constants.signals).find(([, n]) => n === code - SIGNAL_BASE);
  return found?.[0];
}

function deathBy(signal: string, heapIsFull: boolean): string {
  if (heapIsFull) {
    return (
      'out of memory: the heap of Node.js is full; ' +
      'NODE_OPTIONS=--max-old-space-size=8192 allows it 8 GiB'
    );
  }
  if (signal !== 'SIGKILL') return `killed by ${signal}`;
  return 'killed by SIGKILL, as systems do when memory is short';
}
