/** What the name of an option that holds a secret ends with, in lower case without separators. */
const SECRET =
  /(token|password|passwd|passphrase|secret|apikey|accesskey|privatekey|credentials?|authorization)$/;

/** `user:password@` of an address; what is behind the last `@` of that part is the host. */
const USER = /\/\/[^/\s?#]*@/g;
/** `token=…` and its like in the query of an address. */
const QUERY = /([?&][\w-]*(?:token|password|secret|key|signature)=)[^&#\s]*/gi;

/** True for `token`, `apiKey`, `db_password` and the like. */
export function isSecretName(name: string): boolean {
  return SECRET.test(name.replace(/[-_.]/g, '').toLowerCase());
}

/** A text whose addresses are without user, password and secret parameters. */
export function withoutCredentials(text: string): string {
  return text.replace(USER, '//').replace(QUERY, '$1…');
}

/**
 * A tree as it may be written down and shown: options with the name of a secret are left out
 * ({@link isSecretName}; switches, numbers and parts stay), addresses are without credentials.
 */
export function withoutSecrets<T>(tree: T): T {
  if (typeof tree === 'string') return withoutCredentials(tree) as T;
  if (Array.isArray(tree)) return tree.map((item) => withoutSecrets(item)) as T;
  if (typeof tree !== 'object' || tree === null || !isPlain(tree)) return tree;
  const kept = Object.entries(tree).filter(([name, value]) => !isSecret(name, value));
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutSecrets(value)])) as T;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isSecret(name: string, value: unknown): boolean {
  if (typeof value === 'string') return isSecretName(name);
  return typeof value === 'object' && value !== null && !('use' in value) && isSecretName(name);
}
