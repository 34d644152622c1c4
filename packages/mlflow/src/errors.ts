import { ArcherError } from '@archer-nas/core';

/** What went wrong with one request. */
export interface Fault {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /**
   * The server's `error_code` (`RESOURCE_DOES_NOT_EXIST`, …) or one of ours: `REFUSED` (no
   * connection was made), `UNREACHABLE`, `TIMEOUT`, `ABORTED`, `NOT_MLFLOW` (HTML instead of
   * JSON), `BAD_RESPONSE`, `REDIRECTED`, `HTTP_ERROR`, `UNSUPPORTED`.
   */
  readonly reason: string;
  readonly message: string;
  readonly hint?: string;
  /** How long the server asked us to wait. */
  readonly retryAfterMs?: number;
}

const PASSING_STATUS = new Set([408, 429, 500, 502, 503, 504]);
const PASSING_REASON = new Set(['REFUSED', 'UNREACHABLE', 'TIMEOUT']);
const UNTOUCHED = new Set([408, 429]);

/** A request to an MLflow server that failed. Credentials never occur in its message. */
export class MlflowError extends ArcherError {
  override name = 'MlflowError';
  readonly status: number;
  readonly reason: string;
  readonly retryAfterMs: number | undefined;

  constructor(fault: Fault) {
    super(
      `ARCHER_MLFLOW_${fault.reason}`,
      fault.message,
      fault.hint === undefined ? {} : { hint: fault.hint },
    );
    this.status = fault.status;
    this.reason = fault.reason;
    this.retryAfterMs = fault.retryAfterMs;
  }

  /** True when the same request may succeed later without anybody doing anything. */
  get passing(): boolean {
    return this.status === 0 ? PASSING_REASON.has(this.reason) : PASSING_STATUS.has(this.status);
  }

  /** True when the server certainly did nothing, so that repeating cannot do it twice. */
  get untouched(): boolean {
    return this.status === 0 ? this.reason === 'REFUSED' : UNTOUCHED.has(this.status);
  }
}
