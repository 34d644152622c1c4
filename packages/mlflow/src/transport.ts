import type { z } from 'zod';
import { type Address, redact } from './address.ts';
import { BACKOFF, type Backoff, type Clock, delayMs, systemClock } from './clock.ts';
import { MlflowError } from './errors.ts';
import { answers } from './wire.ts';

/** How requests are made. */
export interface TransportOptions {
  readonly address: Address;
  /** How often a failed request is repeated. */
  readonly retries?: number;
  /** For one attempt, answer included. */
  readonly timeoutMs?: number;
  readonly backoff?: Backoff;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
  /** Told whenever the server does what it is asked, or says why it does not. */
  readonly onAnswer?: () => void;
}

/** One request. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below the server's address, with a slash in front. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly bytes?: Uint8Array | string;
  /**
   * `always`: doing it twice is like doing it once. `untouched`: repeat only when the server
   * certainly did nothing, because a lost answer may hide a success.
   */
  readonly repeat?: 'always' | 'untouched';
  readonly signal?: AbortSignal;
}

const MAX_REDIRECTS = 5;
const SHOWN_CHARACTERS = 300;
const NO_CONNECTION = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/** Sends requests: authorisation, time limits, retries, redirects; failures are MlflowErrors. */
export class Transport {
  readonly #address: Address;
  readonly #retries: number;
  readonly #timeoutMs: number;
  readonly #backoff: Backoff;
  readonly #fetch: typeof fetch;
  readonly #clock: Clock;
  readonly #onAnswer: () => void;

  constructor(options: TransportOptions) {
    this.#address = options.address;
    this.#retries = options.retries ?? 5;
    this.#timeoutMs = options.timeoutMs ?? 120_000;
    this.#backoff = options.backoff ?? BACKOFF;
    this.#fetch = options.fetch ?? globalThis.fetch;
    this.#clock = options.clock ?? systemClock;
    this.#onAnswer = options.onAnswer ?? (() => {});
  }

  /** The checked answer of a JSON request. */
  async json<T extends z.ZodType>(call: Call, schema: T): Promise<z.output<T>> {
    const text = await this.text(call);
    const parsed = schema.safeParse(this.#parse(call, text));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const where = issue ? `${issue.path.join('.') || 'the answer'}: ${issue.message}` : '';
    throw this.#error(call, 200, 'BAD_RESPONSE', `unexpected answer, ${where}`);
  }

  /** The answer as it came. */
  async text(call: Call): Promise<string> {
    for (let failures = 0; ; failures++) {
      try {
        return await this.#attempt(call);
      } catch (error) {
        if (!(error instanceof MlflowError) || !this.#again(call, error, failures)) throw error;
        const wait = delayMs(failures, this.#clock, this.#backoff, error.retryAfterMs);
        await this.#clock.sleep(wait, call.signal);
      }
    }
  }

  #again(call: Call, error: MlflowError, failures: number): boolean {
    if (failures >= this.#retries || call.signal?.aborted) return false;
    return call.repeat === 'untouched' ? error.untouched : error.passing;
  }

  async #attempt(call: Call): Promise<string> {
    const limit = AbortSignal.timeout(this.#timeoutMs);
    const signal = call.signal ? AbortSignal.any([limit, call.signal]) : limit;
    try {
      const response = await this.#follow(call, signal);
      const text = await response.text();
      const refusal = response.ok ? undefined : this.#refusal(call, response, text);
      if (refusal === undefined || isAnswer(refusal)) this.#onAnswer();
      if (refusal !== undefined) throw refusal;
      return text;
    } catch (error) {
      if (error instanceof MlflowError) throw error;
      if (call.signal?.aborted) throw this.#error(call, 0, 'ABORTED', 'given up');
      if (limit.aborted)
        throw this.#error(call, 0, 'TIMEOUT', `no answer within ${this.#timeoutMs} ms`);
      throw this.#unreachable(call, error);
    }
  }

  /** Redirects are followed on the same host only, so that credentials stay there. */
  async #follow(call: Call, signal: AbortSignal): Promise<Response> {
    const query = call.query ? `?${new URLSearchParams(call.query)}` : '';
    let url = this.#address.url + call.path + query;
    for (let hops = 0; ; hops++) {
      const response = await this.#fetch(url, { ...this.#request(call), signal });
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) return response;
      await response.body?.cancel();
      const next = new URL(location, url);
      const sameHost = next.origin === new URL(url).origin;
      const keepsMethod =
        call.method === 'GET' || response.status === 307 || response.status === 308;
      if (!sameHost || !keepsMethod || hops >= MAX_REDIRECTS)
        throw this.#redirected(call, response.status, next);
      url = next.href;
    }
  }

  #request(call: Call): RequestInit {
    const { authorization } = this.#address;
    const body = call.json === undefined ? call.bytes : JSON.stringify(call.json);
    const type = call.json === undefined ? 'application/octet-stream' : 'application/json';
    return {
      method: call.method,
      redirect: 'manual',
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body: body as NonNullable<RequestInit['body']> }),
    };
  }

  #parse(call: Call, text: string): unknown {
    if (isHtml(text))
      throw this.#error(call, 200, 'NOT_MLFLOW', 'HTML instead of JSON; is this an MLflow server?');
    try {
      return JSON.parse(text === '' ? '{}' : text);
    } catch {
      throw this.#error(call, 200, 'BAD_RESPONSE', `no JSON: ${text.slice(0, SHOWN_CHARACTERS)}`);
    }
  }

  #refusal(call: Call, response: Response, text: string): MlflowError {
    const waitMs = retryAfterMs(response.headers.get('retry-after'), this.#clock.now());
    if (isHtml(text))
      return this.#error(call, response.status, 'NOT_MLFLOW', 'HTML instead of JSON', waitMs);
    const { error_code: reason = 'HTTP_ERROR', message = text } = errorBody(text);
    const shown = message.slice(0, SHOWN_CHARACTERS) || response.statusText;
    return this.#error(call, response.status, reason, shown, waitMs);
  }

  #unreachable(call: Call, error: unknown): MlflowError {
    const { cause = error } = error as { cause?: unknown };
    const { code = '', message = String(cause) } = cause as { code?: string; message?: string };
    const reason = NO_CONNECTION.has(code) ? 'REFUSED' : 'UNREACHABLE';
    return this.#error(call, 0, reason, message || code);
  }

  #redirected(call: Call, status: number, to: URL): MlflowError {
    return this.#error(
      call,
      status,
      'REDIRECTED',
      `redirected to ${to.origin}${to.pathname}, which was not followed; if that is the server, use its address`,
    );
  }

  #error(call: Call, status: number, reason: string, text: string, waitMs?: number): MlflowError {
    const what = status === 0 || status === 200 ? reason : `${status} ${reason}`;
    const line = text.replace(/\s+/g, ' ').trim();
    const message = `${call.method} ${this.#address.url}${call.path}: ${what}: ${line}`;
    return new MlflowError({
      status,
      reason,
      message: redact(message, this.#address.secrets),
      ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
      ...(status === 401 || status === 403
        ? { hint: 'Set MLFLOW_TRACKING_USERNAME and _PASSWORD, or MLFLOW_TRACKING_TOKEN.' }
        : {}),
    });
  }
}

/** That something is not there, or not allowed, is an answer; that nobody works is none. */
function isAnswer({ status, reason }: MlflowError): boolean {
  return (status === 400 || status === 404) && reason !== 'NOT_MLFLOW' && reason !== 'HTTP_ERROR';
}

function isHtml(text: string): boolean {
  return text.trimStart().startsWith('<');
}

function errorBody(text: string): z.output<typeof answers.error> {
  try {
    return answers.error.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
}

/** `Retry-After` is a number of seconds or a date. */
function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
