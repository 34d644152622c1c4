type Holder = object;

/** What results, clocks and files depend on, and a package might think it may replace. */
const WATCHED: readonly (readonly [name: string, holder: Holder, key: string])[] = [
  ['Math.random', Math, 'random'],
  ['Date', globalThis, 'Date'],
  ['Date.now', Date, 'now'],
  ['performance.now', performance, 'now'],
  ['crypto.getRandomValues', crypto, 'getRandomValues'],
  ['JSON.parse', JSON, 'parse'],
  ['JSON.stringify', JSON, 'stringify'],
  ['Array.prototype.sort', Array.prototype, 'sort'],
];

/**
 * Remembers the built-in functions that runs rely on. What is returned puts back those that
 * were replaced since, with what was added to every object, and names them.
 */
export function watchIntrinsics(): () => string[] {
  const before = WATCHED.map(([, holder, key]) => currentOf(holder, key));
  const known = new Set(Reflect.ownKeys(Object.prototype));
  return () => {
    const replaced = WATCHED.flatMap(([name, holder, key], i) => {
      if (currentOf(holder, key) === before[i]) return [];
      const descriptor = { value: before[i], writable: true, configurable: true };
      Reflect.defineProperty(holder, key, descriptor);
      return [name];
    });
    const added = Reflect.ownKeys(Object.prototype).filter((key) => !known.has(key));
    for (const key of added) Reflect.deleteProperty(Object.prototype, key);
    return [...replaced, ...added.map((key) => `Object.prototype.${String(key)}`)];
  };
}

function currentOf(holder: Holder, key: string): unknown {
  return (holder as Readonly<Record<string, unknown>>)[key];
}
