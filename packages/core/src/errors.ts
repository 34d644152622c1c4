import { withoutCredentials } from './secrets.ts';

/** Documented process exit codes; `archer --help` prints them. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  manifest: 3,
  drift: 4,
  data: 5,
  engine: 6,
  locked: 7,
  corrupt: 8,
  timeUp: 75,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Details of an {@link ArcherError}. */
export interface ErrorDetails {
  /** What the user can do about it; printed on a line of its own. */
  readonly hint?: string;
  /** Process exit code; 1 unless stated. */
  readonly exit?: ExitCode;
  readonly cause?: unknown;
}

/**
 * An error meant for a person: the message names the thing, what was given and what was
 * expected. `code` is stable and starts with `ARCHER_`. Credentials in addresses are left out.
 */
export class ArcherError extends Error {
  override name = 'ArcherError';
  readonly code: `ARCHER_${string}`;
  readonly hint: string | undefined;
  readonly exit: ExitCode;

  constructor(code: `ARCHER_${string}`, message: string, details: ErrorDetails = {}) {
    super(withoutCredentials(message), details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.hint = details.hint && withoutCredentials(details.hint);
    this.exit = details.exit ?? EXIT.failed;
  }
}

/** True for an {@link ArcherError} of any installed copy of core. */
export function isArcherError(error: unknown): error is ArcherError {
  const code = (error as { code?: unknown } | null)?.code;
  return error instanceof Error && typeof code === 'string' && code.startsWith('ARCHER_');
}
