import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request as a {@link FaultyServer} has seen it. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a server says. */
export interface HttpAnswer {
  readonly status: number;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The sound server behind the faults; {@link forwardTo} makes one of a real server. */
export type Handler = (request: SeenRequest) => HttpAnswer | Promise<HttpAnswer>;

/** How a request goes wrong. */
export type Trouble =
  /** Says this without doing anything. */
  | HttpAnswer
  /** Never answers, and does nothing. */
  | 'hang'
  /** Does it, and cuts the line before the answer. */
  | 'lost'
  /** Cuts the line without doing anything. */
  | 'cut'
  /** Does it after so many milliseconds, whether or not somebody still waits. */
  | { readonly delayMs: number }
  /** Does something else (half of a batch), then answers this. */
  | { readonly instead: SeenRequest; readonly answer: HttpAnswer | 'cut' };

/** Decides per request; `undefined` lets it pass. `count` requests came before. */
export type Faults = (request: SeenRequest, count: number) => Trouble | undefined;

/**
 * An HTTP server on a port of 127.0.0.1 that misbehaves on demand. With `forwardTo(url)` it
 * is a proxy in front of a real one.
 */
export class FaultyServer implements AsyncDisposable {
  faults: Faults = () => undefined;
  readonly #handler: Handler;
  readonly #http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      void this.#serve({ method, url, headers, body: Buffer.concat(chunks) }, response);
    });
  });
  #count = 0;

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  async start(port = 0): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(port, '127.0.0.1', resolve);
    });
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** Number of requests so far. */
  get count(): number {
    return this.#count;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  async #serve(request: SeenRequest, response: ServerResponse): Promise<void> {
    const trouble = this.faults(request, this.#count++);
    if (trouble === 'hang') return;
    if (trouble === 'cut') return cut(response);
    if (trouble === undefined) return send(response, await this.#handled(request));
    if (trouble === 'lost') {
      await this.#handled(request);
      return cut(response);
    }
    if ('status' in trouble) return send(response, trouble);
    if ('delayMs' in trouble) {
      await sleep(trouble.delayMs, undefined, { ref: false });
      return send(response, await this.#handled(request));
    }
    await this.#handled(trouble.instead);
    if (trouble.answer === 'cut') cut(response);
    else send(response, trouble.answer);
  }

  /** A server that is gone is a bad gateway, as behind any proxy. */
  async #handled(request: SeenRequest): Promise<HttpAnswer> {
    try {
      return await this.#handler(request);
    } catch (error) {
      return { status: 502, body: `<html>${String(error)}</html>` };
    }
  }
}

/** Passes requests on to the server at `url` (scheme, host and port). */
export function forwardTo(url: string): Handler {
  return async ({ method, url: path, headers, body }) => {
    const { host: _, connection: __, 'content-length': ___, ...kept } = headers;
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: kept as Record<string, string>,
      ...(hasBody ? { body: new Uint8Array(body) } : {}),
    });
    const type = response.headers.get('content-type');
    return {
      status: response.status,
      body: new Uint8Array(await response.arrayBuffer()),
      headers: type === null ? {} : { 'content-type': type },
    };
  };
}

function cut(response: ServerResponse): void {
  response.socket?.destroy();
}

function send(response: ServerResponse, { status, body = '', headers }: HttpAnswer): void {
  if (response.destroyed) return;
  const isPage = typeof body === 'string' && body.startsWith('<');
  const type = isPage ? 'text/html' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(body);
}
