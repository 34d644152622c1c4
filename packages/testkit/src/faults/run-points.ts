import type { FileCall, Verdict } from './file-call.ts';

/** A moment in the life of a run's files, as one call: before it is made, or after. */
interface Moment {
  readonly when: 'before' | 'after';
  readonly is: (call: FileCall, written: string) => boolean;
}

const calls =
  (name: FileCall['name'], path: RegExp) =>
  (call: FileCall): boolean =>
    call.name === name && path.test(call.to ?? call.path);

const JOURNAL = /\/journal\.jsonl$/;
const synced = (event: RegExp) => (call: FileCall, written: string) =>
  calls('fsync', JOURNAL)(call) && event.test(written);

/** Named moments at which a run may be killed, by what it does to its files. */
export const RUN_POINTS = {
  'run folder locked': { when: 'after', is: calls('link', /\/lock$/) },
  'manifest written': { when: 'after', is: calls('rename', /\/manifest\.json$/) },
  'run begun': { when: 'after', is: synced(/"event":"begin"/) },
  'lines written, not synced': { when: 'before', is: calls('fsync', JOURNAL) },
  'lines synced': { when: 'after', is: calls('fsync', JOURNAL) },
  'checkpoint folder made': { when: 'after', is: calls('mkdir', /\.tmp$/) },
  'checkpoint arrays written': { when: 'before', is: calls('fsync', /\.tmp\/arrays\.bin$/) },
  'checkpoint written': { when: 'before', is: calls('fsync', /\.tmp\/header\.json$/) },
  'checkpoint synced': { when: 'after', is: calls('fsync', /\.tmp$/) },
  'checkpoint renamed': { when: 'after', is: calls('rename', /\/checkpoints\/[^/]+$/) },
  'checkpoint journalled': { when: 'after', is: synced(/"event":"checkpoint"/) },
  'old checkpoint half removed': { when: 'after', is: calls('unlink', /\/checkpoints\/.*\.bin$/) },
  'answer journalled': { when: 'after', is: synced(/"event":"result"/) },
  'table written': { when: 'after', is: calls('rename', /\/tables\/[^/]+$/) },
  'result written, not renamed': { when: 'before', is: calls('rename', /\/result\.json$/) },
  'result renamed': { when: 'after', is: calls('rename', /\/result\.json$/) },
  'run ended': { when: 'before', is: calls('unlink', /\/lock$/) },
} as const satisfies Readonly<Record<string, Moment>>;

export type RunPoint = keyof typeof RUN_POINTS;

/**
 * Dies at the `nth` arrival at a point: by `kill`, which must not return, or by a crash in
 * this process (see {@link interceptFiles}).
 */
export function dieAt(point: RunPoint, nth = 1, kill?: () => void) {
  const { when, is } = RUN_POINTS[point] as Moment;
  let reached = 0;
  let written = '';
  return (call: FileCall): Verdict | undefined => {
    if (call.name === 'write' && JOURNAL.test(call.path)) {
      written = new TextDecoder().decode(call.bytes);
    }
    if (!is(call, written) || ++reached !== nth) return undefined;
    if (kill === undefined) return { crash: when };
    if (when === 'before') kill();
    return { made: kill };
  };
}

/** SIGKILL to this process. It does not return. */
export function killThisProcess(): void {
  process.kill(process.pid, 'SIGKILL');
}
