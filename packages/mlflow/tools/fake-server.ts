import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a request goes wrong. */
export type Trouble =
  | { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> }
  /** Never answers. */
  | 'hang'
  /** Does it, and cuts the line before the answer. */
  | 'lost'
  /** Stores the first half of a batch's metrics and answers 500. */
  | 'half'
  /** Cuts the line without doing anything. */
  | 'cut';

/** Decides per request; `count` is how often this path was called before. */
export type Plan = (path: string, count: number, request: SeenRequest) => Trouble | undefined;

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: whatever the client under test has sent
  readonly body: any;
}

interface StoredRun {
  info: Record<string, unknown> & { run_id: string; experiment_id: string; status: string };
  tags: Map<string, string>;
  params: Map<string, string>;
  metrics: { key: string; value: number | string; timestamp: number; step: number }[];
  artifacts: Map<string, string>;
  deleted: boolean;
}

class Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  constructor(status: number, code: string, message: string) {
    this.status = status;
    this.code = code;
    this.message = message;
  }
}

/**
 * A small MLflow in memory that misbehaves on demand. It is stricter than the real one: it
 * never removes a repeated metric point.
 */
export class FakeServer {
  plan: Plan = () => undefined;
  /** History pages hold this many points. */
  pageSize = 1000;
  readonly seen: SeenRequest[] = [];
  readonly experiments = new Map<string, { name: string; stage: string }>();
  readonly runs = new Map<string, StoredRun>();
  readonly #counts = new Map<string, number>();
  readonly #http = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** Paths of the requests seen, without the common beginning. */
  get paths(): string[] {
    return this.seen.map(({ path }) => path);
  }

  /** The one run with this tag. */
  runWith(tag: string, value: string): StoredRun {
    const found = [...this.runs.values()].filter((r) => !r.deleted && r.tags.get(tag) === value);
    const [run] = found;
    if (!run || found.length > 1) throw new Error(`${found.length} runs have ${tag}=${value}`);
    return run;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = await read(request);
    this.seen.push(seen);
    const count = this.#counts.get(seen.path) ?? 0;
    this.#counts.set(seen.path, count + 1);
    const trouble = this.plan(seen.path, count, seen);
    if (trouble === 'hang') return;
    if (trouble === 'cut') return void request.socket.destroy();
    if (typeof trouble === 'object') return send(response, trouble);
    if (trouble === 'half') seen.body.metrics.length = Math.floor(seen.body.metrics.length / 2);
    const answer = this.#answer(seen);
    if (trouble === 'lost') return void request.socket.destroy();
    if (trouble === 'half') return send(response, { status: 500, body: '{}' });
    send(response, answer);
  }

  #answer(seen: SeenRequest): Exclude<Trouble, string> {
    try {
      return { status: 200, body: JSON.stringify(this.#do(seen)) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, code, message } = error;
      return { status, body: JSON.stringify({ error_code: code, message }) };
    }
  }

  #do({ path, query, body }: SeenRequest): unknown {
    if (path.startsWith('artifacts:')) return this.#put(path.slice(10), body);
    switch (path) {
      case 'experiments/get-by-name':
        return { experiment: this.#experiment(query.get('experiment_name') ?? '') };
      case 'experiments/create':
        return this.#createExperiment(body.name);
      case 'experiments/restore':
        this.experiments.set(body.experiment_id, {
          name: this.experiments.get(body.experiment_id)?.name ?? '',
          stage: 'active',
        });
        return {};
      case 'runs/create':
        return { run: this.#createRun(body) };
      case 'runs/search':
        return { runs: this.#search(body).map(show) };
      case 'runs/get':
        return { run: show(this.#run(query.get('run_id'))) };
      case 'runs/update':
        Object.assign(this.#run(body.run_id).info, { status: body.status });
        return {};
      case 'runs/delete':
        this.#run(body.run_id).deleted = true;
        return {};
      case 'runs/log-batch':
        return this.#logBatch(body);
      case 'runs/set-tag':
        this.#run(body.run_id).tags.set(body.key, body.value);
        return {};
      case 'runs/log-parameter':
        return this.#logBatch({ run_id: body.run_id, params: [body] });
      case 'metrics/get-history':
        return this.#history(query);
      default:
        throw new Refusal(404, 'ENDPOINT_NOT_FOUND', path);
    }
  }

  #experiment(name: string): unknown {
    for (const [id, experiment] of this.experiments)
      if (experiment.name === name)
        return { experiment_id: id, name, lifecycle_stage: experiment.stage };
    throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', name);
  }

  #createExperiment(name: string): unknown {
    for (const experiment of this.experiments.values())
      if (experiment.name === name) throw new Refusal(400, 'RESOURCE_ALREADY_EXISTS', name);
    const id = String(this.experiments.size + 1);
    this.experiments.set(id, { name, stage: 'active' });
    return { experiment_id: id };
  }

  #createRun(body: SeenRequest['body']): unknown {
    const id = `run${this.runs.size + 1}`;
    const run: StoredRun = {
      info: {
        run_id: id,
        experiment_id: body.experiment_id,
        run_name: body.run_name,
        status: 'RUNNING',
        start_time: body.start_time,
        artifact_uri: `mlflow-artifacts:/${body.experiment_id}/${id}/artifacts`,
      },
      tags: new Map(body.tags.map((t: { key: string; value: string }) => [t.key, t.value])),
      params: new Map(),
      metrics: [],
      artifacts: new Map(),
      deleted: false,
    };
    this.runs.set(id, run);
    return show(run);
  }

  #search(body: SeenRequest['body']): StoredRun[] {
    const wanted = [...body.filter.matchAll(/tags\."([^"]+)" = '([^']*)'/g)];
    return [...this.runs.values()].filter(
      (run) =>
        !run.deleted &&
        body.experiment_ids.includes(run.info.experiment_id) &&
        wanted.every(([, key, value]) => run.tags.get(key ?? '') === value),
    );
  }

  #run(id: string | null): StoredRun {
    const run = this.runs.get(id ?? '');
    if (!run) throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `Run with id=${id} not found`);
    if (!run.deleted) return run;
    const message = `The run ${id} must be in the 'active' state. Current state is deleted.`;
    throw new Refusal(400, 'INVALID_PARAMETER_VALUE', message);
  }

  #logBatch(body: SeenRequest['body']): unknown {
    const run = this.#run(body.run_id);
    for (const { key, value } of body.params ?? []) {
      if ((run.params.get(key) ?? value) !== value)
        throw new Refusal(400, 'INVALID_PARAMETER_VALUE', `Changing param ${key}`);
      run.params.set(key, value);
    }
    run.metrics.push(...(body.metrics ?? []));
    for (const { key, value } of body.tags ?? []) run.tags.set(key, value);
    return {};
  }

  #history(query: URLSearchParams): unknown {
    const key = query.get('metric_key');
    const all = this.#run(query.get('run_id')).metrics.filter((m) => m.key === key);
    const start = Number(query.get('page_token') ?? 0);
    const end = start + this.pageSize;
    const next = end < all.length ? { next_page_token: String(end) } : {};
    return { metrics: all.slice(start, end), ...next };
  }

  #put(path: string, body: string): unknown {
    const [, runId = '', , ...name] = path.split('/');
    this.#run(runId).artifacts.set(name.join('/'), body);
    return {};
  }
}

function show(run: StoredRun): unknown {
  const list = (map: Map<string, string>) => [...map].map(([key, value]) => ({ key, value }));
  return { info: run.info, data: { params: list(run.params), tags: list(run.tags) } };
}

async function read(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const url = new URL(request.url ?? '', 'http://localhost');
  const isJson = request.headers['content-type'] === 'application/json';
  return {
    method: request.method ?? '',
    path: decodeURIComponent(url.pathname)
      .replace('/api/2.0/mlflow-artifacts/artifacts/', 'artifacts:')
      .replace('/api/2.0/mlflow/', ''),
    query: url.searchParams,
    headers: request.headers,
    body: isJson ? JSON.parse(text) : text,
  };
}

function send(response: ServerResponse, { status, body = '', headers }: Exclude<Trouble, string>) {
  const type = body.startsWith('<') ? 'text/html' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(body);
}
