import { MlflowError } from './errors.ts';
import { clip, LIMITS, safePath, split } from './limits.ts';
import { type Call, Transport, type TransportOptions } from './transport.ts';
import {
  type ArtifactEntry,
  answers,
  type Batch,
  type Dataset,
  type Experiment,
  type Metric,
  pairs,
  type Run,
  type RunStatus,
} from './wire.ts';

const API = '/api/2.0/mlflow';
const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts';
const HISTORY_PAGE = 25_000;
const SEARCH_PAGE = 1000;

/** What a new run starts with. */
export interface NewRun {
  readonly experimentId: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Which runs to look for. */
export interface RunQuery {
  readonly experimentIds: readonly string[];
  /** MLflow's filter language, e.g. `tags."archer.search" = 'ab12'`. */
  readonly filter: string;
  readonly orderBy?: readonly string[];
}

/**
 * MLflow's REST API as far as experiment tracking needs it. Every method throws
 * {@link MlflowError}; the optional signal ends a request, its retries included.
 */
export class MlflowClient {
  readonly #transport: Transport;

  constructor(options: TransportOptions) {
    this.#transport = new Transport(options);
  }

  /** The experiment of that name, or `undefined`; it may be a deleted one. */
  async experimentByName(name: string, signal?: AbortSignal): Promise<Experiment | undefined> {
    const query = { experiment_name: name };
    const call = get(`${API}/experiments/get-by-name`, query, signal);
    try {
      return (await this.#transport.json(call, answers.experiment)).experiment;
    } catch (error) {
      if (isReason(error, 'RESOURCE_DOES_NOT_EXIST')) return undefined;
      throw error;
    }
  }

  /** Creates an experiment; `RESOURCE_ALREADY_EXISTS` when there is one, also a deleted one. */
  async createExperiment(name: string, signal?: AbortSignal): Promise<string> {
    const call = post(`${API}/experiments/create`, { name }, signal, 'untouched');
    return (await this.#transport.json(call, answers.experimentId)).experiment_id;
  }

  async restoreExperiment(experimentId: string, signal?: AbortSignal): Promise<void> {
    await this.#post('experiments/restore', { experiment_id: experimentId }, signal);
  }

  /** Not repeated when the answer was lost: search for the run first. */
  async createRun(run: NewRun, signal?: AbortSignal): Promise<Run> {
    const body = {
      experiment_id: run.experimentId,
      run_name: run.name,
      start_time: run.startTime,
      tags: pairs(run.tags ?? {}),
    };
    const call = post(`${API}/runs/create`, body, signal, 'untouched');
    return (await this.#transport.json(call, answers.run)).run;
  }

  async updateRun(
    runId: string,
    update: { readonly status: RunStatus; readonly endTime?: number },
    signal?: AbortSignal,
  ): Promise<void> {
    const { status, endTime } = update;
    const end = endTime === undefined ? {} : { end_time: endTime };
    await this.#post('runs/update', { run_id: runId, status, ...end }, signal);
  }

  async getRun(runId: string, signal?: AbortSignal): Promise<Run> {
    const call = get(`${API}/runs/get`, { run_id: runId }, signal);
    return (await this.#transport.json(call, answers.run)).run;
  }

  async deleteRun(runId: string, signal?: AbortSignal): Promise<void> {
    await this.#post('runs/delete', { run_id: runId }, signal);
  }

  /** All active runs that match, over all pages. */
  async searchRuns(query: RunQuery, signal?: AbortSignal): Promise<Run[]> {
    const body = {
      experiment_ids: query.experimentIds,
      filter: query.filter,
      order_by: query.orderBy ?? [],
      max_results: SEARCH_PAGE,
    };
    return collect(async (token) => {
      const page = token === undefined ? body : { ...body, page_token: token };
      const call = post(`${API}/runs/search`, page, signal);
      const answer = await this.#transport.json(call, answers.runs);
      return { items: answer.runs, next: answer.next_page_token };
    });
  }

  /**
   * Sends a batch in as many requests as {@link LIMITS} ask for; keys and values are made
   * legal on the way. After a failure some of it may be there: a request is not repeated
   * unless the server certainly did nothing, so compare with {@link history} first.
   */
  async logBatch(runId: string, batch: Batch, signal?: AbortSignal): Promise<void> {
    for (const part of split(batch)) {
      const call = post(`${API}/runs/log-batch`, { run_id: runId, ...part }, signal, 'untouched');
      await this.#transport.json(call, answers.nothing);
    }
  }

  /** A parameter can be set once; the same value again is fine. */
  async logParameter(
    runId: string,
    key: string,
    value: string,
    signal?: AbortSignal,
  ): Promise<void> {
    const clipped = clip(value, LIMITS.paramValue);
    await this.#post('runs/log-parameter', { run_id: runId, key, value: clipped }, signal);
  }

  async setTag(runId: string, key: string, value: string, signal?: AbortSignal): Promise<void> {
    const clipped = clip(value, LIMITS.tagValue);
    await this.#post('runs/set-tag', { run_id: runId, key, value: clipped }, signal);
  }

  /** Says that a run reads a data set; again is the same as once. */
  async logInput(runId: string, dataset: Dataset, signal?: AbortSignal): Promise<void> {
    const tags = pairs({ 'mlflow.data.context': 'search' });
    await this.#post('runs/log-inputs', { run_id: runId, datasets: [{ tags, dataset }] }, signal);
  }

  /** Every point of a metric, over all pages, in the server's order. */
  async history(runId: string, key: string, signal?: AbortSignal): Promise<Metric[]> {
    const all: Metric[] = [];
    for await (const page of this.historyPages(runId, key, signal)) all.push(...page);
    return all;
  }

  /** The same, a page at a time: a long history need not be in memory. */
  async *historyPages(runId: string, key: string, signal?: AbortSignal): AsyncGenerator<Metric[]> {
    const query = { run_id: runId, metric_key: key, max_results: String(HISTORY_PAGE) };
    let token: string | undefined;
    do {
      const page = token === undefined ? query : { ...query, page_token: token };
      const call = get(`${API}/metrics/get-history`, page, signal);
      const answer = await this.#transport.json(call, answers.history);
      yield answer.metrics;
      token = answer.next_page_token || undefined;
    } while (token !== undefined);
  }

  /**
   * Puts a file below the run's artifacts, over one of the same name.
   *
   * @param path relative, with `/` between folders; made legal as {@link safePath} does
   * @throws MlflowError `UNSUPPORTED` when the server does not take artifacts itself
   */
  async uploadArtifact(
    run: Run,
    path: string,
    content: Uint8Array | string,
    signal?: AbortSignal,
  ): Promise<void> {
    const target = `${ARTIFACTS}/${encodePath(`${proxied(run)}/${safePath(path)}`)}`;
    const call: Call = { method: 'PUT', path: target, bytes: content, ...optional(signal) };
    await this.#transport.json(call, answers.nothing);
  }

  /** The entries of one artifact folder (the root without `folder`). */
  async listArtifacts(runId: string, folder = '', signal?: AbortSignal): Promise<ArtifactEntry[]> {
    const query = { run_id: runId, ...(folder === '' ? {} : { path: folder }) };
    return collect(async (token) => {
      const page = token === undefined ? query : { ...query, page_token: token };
      const call = get(`${API}/artifacts/list`, page, signal);
      const answer = await this.#transport.json(call, answers.artifacts);
      return { items: answer.files, next: answer.next_page_token };
    });
  }

  async #post(path: string, body: unknown, signal?: AbortSignal): Promise<void> {
    await this.#transport.json(post(`${API}/${path}`, body, signal), answers.nothing);
  }
}

/** True for the failure that the server (or we) gave this name. */
export function isReason(error: unknown, reason: string): error is MlflowError {
  return error instanceof MlflowError && error.reason === reason;
}

/** A string of MLflow's filter language, which knows no escapes but both kinds of quotes. */
export function quoted(value: string): string {
  if (!value.includes("'")) return `'${value}'`;
  if (!value.includes('"')) return `"${value}"`;
  throw new RangeError(`MLflow cannot search for a text with both kinds of quotes: ${value}`);
}

/** `run.info.artifact_uri` is `mlflow-artifacts:/1/ab/artifacts` where the server is the proxy. */
function proxied(run: Run): string {
  const uri = run.info.artifact_uri;
  const path = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/.exec(uri)?.[1];
  if (path !== undefined) return path;
  throw new MlflowError({
    status: 0,
    reason: 'UNSUPPORTED',
    message: `The artifacts of run ${run.info.run_id} are at ${uri}, which only that store's own client can write.`,
    hint: 'Start the server with --serve-artifacts (its default) and --artifacts-destination.',
  });
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function get(path: string, query: Record<string, string>, signal?: AbortSignal): Call {
  return { method: 'GET', path, query, ...optional(signal) };
}

function post(
  path: string,
  json: unknown,
  signal?: AbortSignal,
  repeat: 'always' | 'untouched' = 'always',
): Call {
  return { method: 'POST', path, json, repeat, ...optional(signal) };
}

function optional(signal?: AbortSignal): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

async function collect<T>(
  page: (token: string | undefined) => Promise<{ items: T[]; next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await page(token);
    for (const item of items) all.push(item);
    token = next || undefined;
  } while (token !== undefined);
  return all;
}
