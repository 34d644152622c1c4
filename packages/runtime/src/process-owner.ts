import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Who holds a lock. A process id alone is used again by the system; with the boot and the
 * start time it names one process for ever.
 */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Identity of the machine's current boot; `''` where the system does not tell. */
  readonly boot: string;
  /** Process-id namespace: containers count from 1 each. */
  readonly namespace: string;
  /** Start of the process in ticks since boot; `''` where the system does not tell. */
  readonly started: string;
  /** `ARCHER_JOB`: what a cluster calls the attempt that the process belongs to. */
  readonly job?: string;
}

/** The owner that this process is. */
export function thisProcess(): Owner {
  return {
    pid: process.pid,
    host: hostname(),
    boot: bootId(),
    namespace: namespaceId(),
    started: startOf(process.pid) ?? '',
    ...(process.env.ARCHER_JOB ? { job: process.env.ARCHER_JOB } : {}),
  };
}

/** Attempts that are over, says the cluster that has begun this one: `ARCHER_ENDED_JOBS`. */
function endedJobs(): readonly string[] {
  return (process.env.ARCHER_ENDED_JOBS ?? '').split(/\s+/).filter((job) => job !== '');
}

/**
 * True only when `owner` cannot be running any more, seen from `observer`. Another host or
 * container, or a system that does not tell: not provable, unless the owner's job is known to be over.
 */
export function isProvablyDead(owner: Owner, observer: Owner = thisProcess()): boolean {
  if (owner.job !== undefined && endedJobs().includes(owner.job)) return true;
  if (owner.host !== observer.host) return false;
  if (owner.boot !== '' && observer.boot !== '' && owner.boot !== observer.boot) return true;
  if (owner.namespace !== observer.namespace) return false;
  if (!processExists(owner.pid)) return true;
  const started = startOf(owner.pid);
  return owner.started !== '' && started !== undefined && started !== owner.started;
}

/** True for what {@link thisProcess} made, read back from a file. */
export function isOwner(value: unknown): value is Owner {
  const owner = value as Partial<Owner> | null;
  return (
    typeof owner === 'object' &&
    owner !== null &&
    Number.isSafeInteger(owner.pid) &&
    [owner.host, owner.boot, owner.namespace, owner.started].every((v) => typeof v === 'string') &&
    (owner.job === undefined || typeof owner.job === 'string')
  );
}

function bootId(): string {
  return readText('/proc/sys/kernel/random/boot_id') ?? '';
}

function namespaceId(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function processExists(pid: number): boolean {
  const state = statFields(pid)?.[0];
  if (state !== undefined) return state !== 'Z' && state !== 'X';
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function startOf(pid: number): string | undefined {
  // Field 22 of /proc/<pid>/stat; the state is field 3.
  return statFields(pid)?.[19];
}

/** Fields 3 and on: the name before them may contain spaces and brackets. */
function statFields(pid: number): string[] | undefined {
  const text = readText(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
