import type { IncomingHttpHeaders } from 'node:http';
import {
  FaultyServer,
  type HttpAnswer,
  type SeenRequest as RawRequest,
  type Trouble as RawTrouble,
} from '@archer-nas/testkit/faults';

/** How a request goes wrong; see the testkit's faults. */
export type Trouble =
  | Extract<RawTrouble, string>
  | HttpAnswer
  | { readonly delayMs: number }
  /** Stores the first half of a batch's metrics and answers 500. */
  | 'half';

/** Decides per request; `count` is how often this path was called before. */
export type Plan = (path: string, count: number, request: SeenRequest) => Trouble | undefined;

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the client under test has sent
  readonly body: any;
}

interface StoredRun {
  info: Record<string, unknown> & { run_id: string; experiment_id: string; status: string };
  tags: Map<string, string>;
  params: Map<string, string>;
  metrics: { key: string; value: number | string; timestamp: number; step: number }[];
  artifacts: Map<string, string>;
  /** Digests of what it reads, by name. */
  inputs: Map<string, string>;
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
  readonly #http = new FaultyServer((request) => this.#answer(parse(request)));

  constructor() {
    this.#http.faults = (request) => this.#troubleFor(request);
  }

  async start(): Promise<this> {
    await this.#http.start();
    return this;
  }

  get url(): string {
    return this.#http.url;
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

  [Symbol.asyncDispose](): Promise<void> {
    return this.#http[Symbol.asyncDispose]();
  }

  #troubleFor(request: RawRequest): RawTrouble | undefined {
    const seen = parse(request);
    this.seen.push(seen);
    const count = this.#counts.get(seen.path) ?? 0;
    this.#counts.set(seen.path, count + 1);
    const trouble = this.plan(seen.path, count, seen);
    if (trouble !== 'half') return trouble;
    const metrics = seen.body.metrics.slice(0, Math.floor(seen.body.metrics.length / 2));
    const body = Buffer.from(JSON.stringify({ ...seen.body, metrics }));
    return { instead: { ...request, body }, answer: { status: 500, body: '{}' } };
  }

  #answer(seen: SeenRequest): HttpAnswer {
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
        return { run: show(this.#anyRun(query.get('run_id'))) };
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
      case 'runs/log-inputs':
        for (const { dataset } of body.datasets)
          this.#run(body.run_id).inputs.set(dataset.name, dataset.digest);
        return {};
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
      inputs: new Map(),
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

  #anyRun(id: string | null): StoredRun {
    const run = this.runs.get(id ?? '');
    if (!run) throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `Run with id=${id} not found`);
    return run;
  }

  #run(id: string | null): StoredRun {
    const run = this.#anyRun(id);
    if (!run.deleted) return run;
    const message = `The run ${id} must be in the 'active' state. Current state is deleted.`;
    throw new Refusal(400, 'INVALID_PARAMETER_VALUE', message);
  }

  #logBatch(body: SeenRequest['body']): unknown {
    checkLimits(body);
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

/** What mlflow/utils/validation.py refuses. */
function checkLimits(body: SeenRequest['body']): void {
  const { metrics = [], params = [], tags = [] } = body;
  const total = metrics.length + params.length + tags.length;
  const keys = [...metrics, ...params, ...tags].map(({ key }: { key: string }) => key);
  const broken = [
    metrics.length > 1000 && 'metrics',
    params.length > 100 && 'params',
    tags.length > 100 && 'tags',
    total > 1000 && 'entries',
    JSON.stringify(body).length > 1_000_000 && 'bytes',
    keys.some((key) => key.length > 250 || !/^[/\w.\- ]+$/.test(key)) && 'key',
    params.some(({ value }: { value: string }) => value.length > 6000) && 'value',
  ].filter(Boolean);
  if (broken.length > 0) throw new Refusal(400, 'INVALID_PARAMETER_VALUE', `limit: ${broken}`);
}

function show(run: StoredRun): unknown {
  const list = (map: Map<string, string>) => [...map].map(([key, value]) => ({ key, value }));
  const info = { ...run.info, lifecycle_stage: run.deleted ? 'deleted' : 'active' };
  return { info, data: { params: list(run.params), tags: list(run.tags) } };
}

function parse({ method, url: target, headers, body }: RawRequest): SeenRequest {
  const url = new URL(target, 'http://localhost');
  const isJson = headers['content-type'] === 'application/json';
  return {
    method,
    path: decodeURIComponent(url.pathname)
      .replace('/api/2.0/mlflow-artifacts/artifacts/', 'artifacts:')
      .replace('/api/2.0/mlflow/', ''),
    query: url.searchParams,
    headers,
    body: isJson ? JSON.parse(body.toString()) : body.toString(),
  };
}
