import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Crash, type FileCall, type Judge, systemError, type Verdict } from './file-call.ts';

type AnyFunction = (...args: never[]) => unknown;
type Functions = Record<string, AnyFunction>;

let active = false;

/**
 * Puts `judge` between this process and the files below a folder, until the scope ends. The
 * functions of `node:fs` are replaced for every module, however it imported them; what they
 * do in several steps (recursive `mkdir` and `rm`, `writeFile`) is judged step by step.
 * Streams and the asynchronous functions are not intercepted, but for `promises.readFile`.
 * @throws Error when an interception is active
 */
export function interceptFiles(below: string, judge: Judge): Disposable {
  if (active) throw new Error('The file system is intercepted already: end that scope first.');
  active = true;
  const root = resolve(below);
  let over = false;
  // Node.js may have kept a replaced function in a module that it loaded meanwhile.
  const isBelow = (path: string): boolean =>
    !over && (path === root || path.startsWith(root + sep));
  const functions = fs as unknown as Functions;
  const promises = fs.promises as unknown as Functions;
  const real: Functions = { ...functions };
  const realPromises: Functions = { ...promises };
  const replaced = replacements(real as unknown as typeof fs, isBelow, judge);
  Object.assign(functions, replaced.functions);
  Object.assign(promises, replaced.promises(realPromises));
  syncBuiltinESMExports();
  return {
    [Symbol.dispose]() {
      for (const name of Object.keys(replaced.functions)) {
        functions[name] = real[name] as AnyFunction; // it was there
      }
      Object.assign(promises, realPromises);
      syncBuiltinESMExports();
      over = true;
      active = false;
    },
  };
}

/** Absolute path of what `node:fs` takes for one; undefined for a descriptor. */
function pathOf(path: unknown): string | undefined {
  if (typeof path === 'number') return undefined;
  if (path instanceof URL) return fileURLToPath(path);
  return resolve(String(path));
}

type Asked = Omit<FileCall, 'number'>;

function replacements(real: typeof fs, isBelow: (path: string) => boolean, judge: Judge) {
  let calls = 0;
  let dead: FileCall | undefined;
  const open = new Map<number, string>();

  const die = (call: FileCall): never => {
    dead = call;
    throw new Crash(call);
  };

  /** Makes a call as its verdict says; `part` is the beginning of a write. */
  function make<T>(asked: Asked, whole: () => T, part?: (taken: number) => T): T {
    const call: FileCall = { number: ++calls, ...asked };
    if (dead !== undefined) throw new Crash(call);
    const verdict: Verdict = judge(call) ?? {};
    const { fail, taken, crash } = verdict;
    const partly = taken === undefined || part === undefined ? undefined : part(taken);
    if (crash === 'before') die(call);
    if (fail !== undefined) throw systemError(fail, call);
    const result = partly ?? whole();
    verdict.made?.(result);
    if (crash === 'after') die(call);
    return result;
  }

  /** A function whose first argument is the path. */
  const onPath = (name: FileCall['name'], whole: AnyFunction): AnyFunction => {
    return ((...args: never[]) => {
      const path = pathOf(args[0]) ?? open.get(Number(args[0]));
      if (path === undefined || !isBelow(path)) return whole(...args);
      return make({ name, path }, () => whole(...args));
    }) as AnyFunction;
  };
  /** A function of an old and a new name. */
  const onPaths = (name: FileCall['name'], whole: AnyFunction): AnyFunction => {
    return ((from: never, to: never) => {
      const [path, target] = [pathOf(from) as string, pathOf(to) as string];
      if (!isBelow(path)) return whole(from, to);
      return make({ name, path, to: target }, () => whole(from, to));
    }) as AnyFunction;
  };
  /** A function whose first argument is a descriptor. */
  const onOpen = (name: FileCall['name'], whole: AnyFunction, more = (_: never[]) => ({})) => {
    return ((...args: never[]) => {
      const descriptor = Number(args[0]);
      const path = open.get(descriptor);
      if (path === undefined) return whole(...args);
      return make({ name, path, descriptor, ...more(args) }, () => whole(...args));
    }) as AnyFunction;
  };

  const functions: Functions = {
    openSync(given: never, flags: never = 'r' as never, mode?: never) {
      const path = pathOf(given) as string;
      const whole = (): number => real.openSync(given, flags, mode);
      if (!isBelow(path)) return whole();
      const descriptor = make({ name: 'open', path, flags: String(flags) }, whole);
      open.set(descriptor, path);
      return descriptor;
    },
    closeSync(descriptor: number) {
      // Never fails: what a dead process holds is closed, too.
      open.delete(descriptor);
      real.closeSync(descriptor);
    },
    writeSync(descriptor: number, data: never, ...rest: never[]) {
      const path = open.get(descriptor);
      if (path === undefined) return real.writeSync(descriptor, data, ...rest);
      const { bytes, position } = written(data, rest);
      const at = position === undefined ? {} : { position };
      return make(
        { name: 'write', path, descriptor, bytes, ...at },
        () => real.writeSync(descriptor, bytes, 0, bytes.byteLength, position),
        (taken) => real.writeSync(descriptor, bytes, 0, Math.min(taken, bytes.length), position),
      );
    },
    readSync: onOpen('read', real.readSync as AnyFunction),
    fsyncSync: onOpen('fsync', real.fsyncSync as AnyFunction),
    fdatasyncSync: onOpen('fsync', real.fdatasyncSync as AnyFunction),
    ftruncateSync: onOpen('truncate', real.ftruncateSync as AnyFunction, ([, size]) => ({
      size: Number(size ?? 0),
    })),
    renameSync: onPaths('rename', real.renameSync as AnyFunction),
    linkSync: onPaths('link', real.linkSync as AnyFunction),
    unlinkSync: onPath('unlink', real.unlinkSync as AnyFunction),
    rmdirSync: onPath('rmdir', real.rmdirSync as AnyFunction),
    readFileSync: onPath('read', real.readFileSync as AnyFunction),
    readdirSync: onPath('scandir', real.readdirSync as AnyFunction),
    statSync: onPath('stat', real.statSync as AnyFunction),
    lstatSync: onPath('stat', real.lstatSync as AnyFunction),
    existsSync(path: never) {
      try {
        const stat = functions.statSync as typeof fs.statSync;
        return stat(path, { throwIfNoEntry: false }) !== undefined;
      } catch {
        return false; // as Node.js says it of every error
      }
    },
    mkdirSync(given: never, options: never) {
      const path = pathOf(given) as string;
      if (!isBelow(path)) return real.mkdirSync(given, options);
      const { recursive } = Object(options) as { recursive?: boolean };
      const single = (folder: string): void => {
        make({ name: 'mkdir', path: folder }, () => real.mkdirSync(folder));
      };
      if (recursive !== true) return single(path);
      const missing: string[] = [];
      for (let folder = path; !real.existsSync(folder); folder = resolve(folder, '..')) {
        missing.unshift(folder);
      }
      for (const folder of missing) isBelow(folder) ? single(folder) : real.mkdirSync(folder);
      return missing[0];
    },
    rmSync(given: never, options: never) {
      const path = pathOf(given) as string;
      const { recursive = false, force = false } = Object(options);
      if (!isBelow(path)) return real.rmSync(given, options);
      const found = real.lstatSync(path, { throwIfNoEntry: false });
      if (found === undefined) {
        const asked = { name: 'unlink', path } as const;
        return make(asked, () => real.rmSync(path, { force }));
      }
      if (!found.isDirectory()) return (functions.unlinkSync as (path: string) => void)(path);
      if (!recursive) return real.rmSync(path, { force });
      const remove = functions.rmSync as (path: string, options: object) => void;
      for (const name of real.readdirSync(path)) remove(join(path, name), { recursive, force });
      return (functions.rmdirSync as (path: string) => void)(path);
    },
    writeFileSync: wholeFile('w'),
    appendFileSync: wholeFile('a'),
  };

  function wholeFile(flags: string): AnyFunction {
    return ((given: never, data: never, options: never) => {
      const path = pathOf(given) ?? '';
      const whole = flags === 'w' ? real.writeFileSync : real.appendFileSync;
      if (!isBelow(path)) return whole(given, data, options);
      const descriptor = (functions.openSync as typeof fs.openSync)(path, flags);
      try {
        const { bytes } = written(data, []);
        const write = functions.writeSync as typeof fs.writeSync;
        for (let done = 0; done < bytes.length; ) done += write(descriptor, bytes, done);
      } finally {
        real.closeSync(descriptor);
        open.delete(descriptor);
      }
    }) as AnyFunction;
  }

  const promises = (given: Functions): Functions => ({
    async readFile(...args: never[]) {
      const path = pathOf(args[0]);
      const whole = given.readFile as AnyFunction;
      if (path === undefined || !isBelow(path)) return whole(...args);
      return make({ name: 'read', path }, () => whole(...args));
    },
  });
  return { functions, promises };
}

/** The bytes of a call of `writeSync` in any of its forms, and where they go. */
function written(data: unknown, rest: readonly unknown[]) {
  if (typeof data === 'string') {
    const bytes = Buffer.from(data, rest[1] as BufferEncoding | undefined);
    return { bytes, position: numberOr(rest[0]) };
  }
  const view = data as Uint8Array;
  const [first, length, position] = rest;
  const named =
    typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : undefined;
  const offset = numberOr(named ? named.offset : first) ?? 0;
  const count = numberOr(named ? named.length : length) ?? view.byteLength - offset;
  const bytes = Buffer.from(view.buffer, view.byteOffset + offset, count);
  return { bytes, position: numberOr(named ? named.position : position) };
}

function numberOr(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
