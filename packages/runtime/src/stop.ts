import { ArcherError, EXIT, type ExitCode } from '@archer-nas/core';

/** Why a run ended before it was finished. */
export type StopReason = 'interrupted' | 'time-up';

/** Tells a run when to stop: after the step in progress, with a checkpoint. */
export interface Stop {
  reason(): StopReason | undefined;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What a process whose parent is gone has to end its step. */
const ORPHAN_GRACE_MS = 60_000;

/** Stops when `signal` aborts or `maxTimeMs` have passed. */
export function stopWhen(signal: AbortSignal | undefined, maxTimeMs: number | undefined): Stop {
  const startMs = performance.now();
  const timeIsUp = (): boolean =>
    maxTimeMs !== undefined && performance.now() - startMs >= maxTimeMs;
  return {
    reason: () => (signal?.aborted ? 'interrupted' : timeIsUp() ? 'time-up' : undefined),
  };
}

/** The process's exit code for how a run ended. */
export function exitCodeOf(reason: StopReason | undefined): ExitCode {
  if (reason === undefined) return EXIT.ok;
  return reason === 'time-up' ? EXIT.timeUp : EXIT.interrupted;
}

/** A signal for `run`, made from the process's signals. */
export interface SignalStop extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Turns the first SIGINT, SIGTERM or SIGHUP into an abort, so that the step in progress ends
 * with a checkpoint. A second one, or `graceMs` later, ends the process at once with exit
 * code 130: files stay valid and the last checkpoint stands. With `ARCHER_STOP_WITH_PARENT` the
 * end of the parent counts as a signal, too: it is noticed by its channel (`stdio: 'ipc'`), and a
 * step then has a minute unless `graceMs` says otherwise: nobody is there to end it.
 */
export function stopOnSignals({ graceMs }: { readonly graceMs?: number } = {}): SignalStop {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const leave = (): never => process.exit(EXIT.interrupted);
  const stop = (name: string, withinMs: number | undefined): void => {
    if (controller.signal.aborted) leave();
    controller.abort(name);
    if (withinMs !== undefined) timer = setTimeout(leave, withinMs).unref();
  };
  const onSignal = (name: NodeJS.Signals): void => stop(name, graceMs);
  for (const name of SIGNALS) process.on(name, onSignal);
  const onOrphaned = (): void => stop('the parent is gone', graceMs ?? ORPHAN_GRACE_MS);
  if (process.env.ARCHER_STOP_WITH_PARENT && process.send !== undefined) {
    process.on('disconnect', onOrphaned);
    // Not to wait for it: a run that is over ends.
    process.channel?.unref();
    if (!process.connected) onOrphaned();
  }
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      for (const name of SIGNALS) process.off(name, onSignal);
      process.off('disconnect', onOrphaned);
    },
  };
}

const UNIT_MS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
};

/**
 * Milliseconds of a duration: a number of seconds, or text such as `90s`, `45m`, `1h30m`.
 * @throws ArcherError `ARCHER_DURATION`
 */
export function parseDuration(duration: number | string): number {
  const text = String(duration).trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (!/^(\d+(\.\d+)?[dhms])+$/.test(text)) {
    throw new ArcherError('ARCHER_DURATION', `"${text}" is not a duration.`, {
      hint: 'Seconds, or a text such as 90s, 45m or 1h30m.',
      exit: EXIT.usage,
    });
  }
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)([dhms])/g)) {
    totalMs += Number(amount) * (UNIT_MS[unit as string] as number); // the pattern has both
  }
  return totalMs;
}
