import { ArcherError, EXIT } from '@archer-nas/core';

/** Where the server is and how we say who we are. */
export interface Address {
  /** Without credentials and without a slash at the end; may have a path (`http://host/mlflow`). */
  readonly url: string;
  /** The `Authorization` header. */
  readonly authorization?: string;
  /** Strings that may never be shown. */
  readonly secrets: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a tracking URI and the variables `MLFLOW_TRACKING_USERNAME`, `_PASSWORD` (Basic) and
 * `_TOKEN` (Bearer). Credentials in the URI come first, then a name with a password, then a
 * token: the order of MLflow's own client.
 *
 * @throws ArcherError `ARCHER_MLFLOW_URI` when it is no http(s) address
 */
export function readAddress(uri: string, env: Environment = {}): Address {
  const url = parse(uri);
  const inUri = {
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  url.username = '';
  url.password = '';
  const base = (url.origin + url.pathname).replace(/\/+$/, '');
  const { MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password } = env;
  if (inUri.user !== '') return basic(base, inUri.user, inUri.password);
  if (user && password) return basic(base, user, password);
  const token = env.MLFLOW_TRACKING_TOKEN;
  if (token) return { url: base, authorization: `Bearer ${token}`, secrets: [token] };
  return { url: base, secrets: [] };
}

function parse(uri: string): URL {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  const shown = redact(uri, []);
  throw new ArcherError(
    'ARCHER_MLFLOW_URI',
    `The MLflow tracking URI ${JSON.stringify(shown)} is not an http(s) address.`,
    {
      hint: `Archer talks to a server: start "mlflow server --backend-store-uri ${shown}" and use its address.`,
      exit: EXIT.usage,
    },
  );
}

function basic(url: string, user: string, password: string): Address {
  const encoded = Buffer.from(`${user}:${password}`).toString('base64');
  const secrets = [password, encodeURIComponent(password), encoded].filter((s) => s !== '');
  return { url, authorization: `Basic ${encoded}`, secrets };
}

/** The text without the given secrets and without credentials in any URL. */
export function redact(text: string, secrets: readonly string[]): string {
  const bare = text.replace(/(\/\/)[^\s/?#]+@/g, '$1***@');
  return secrets.reduce((result, secret) => result.replaceAll(secret, '***'), bare);
}
