import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const PROGRAMS = ['slurmctld', 'slurmd', 'sbatch', 'munged'];

/** Why no Slurm can be started here, or `undefined`. */
export function missingForSlurm(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  const missing = PROGRAMS.filter((name) => spawnSync('which', [name]).status !== 0);
  return missing.length === 0 ? undefined : `needs ${missing.join(', ')}`;
}

/** A Slurm of one node, in a folder of its own, without systemd, cgroups or a database. */
export interface OneNode {
  /** Kills the node as a power cut does: its daemon, and every process of its jobs. */
  killNode(): void;
  /** Lets the node come back. */
  startNode(): void;
  stop(): Promise<void>;
}

/** Two of them on one machine would end each other's tasks: who holds this port has the only one. */
const TURN = 26_817;

/** How long a test file may wait for its turn. */
export const PATIENCE_MS = 600_000;

async function turn(): Promise<Server> {
  for (;;) {
    const server = createServer().unref();
    const mine = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(TURN, '127.0.0.1', () => resolve(true));
    });
    if (mine) return server;
    await wait(500);
  }
}

/**
 * Starts one, when no other test has one, and points `SLURM_CONF` at it.
 * @param cpus that the node pretends to have
 */
export async function startSlurm(cpus: number): Promise<OneNode> {
  const held = await turn();
  startMunge();
  const root = mkdtempSync(join(tmpdir(), 'archer-slurm-'));
  chmodSync(root, 0o755);
  for (const name of ['state', 'spool', 'log']) mkdirSync(join(root, name));
  const conf = join(root, 'slurm.conf');
  writeFileSync(conf, confOf(root, cpus));
  process.env.SLURM_CONF = conf;
  const startNode = (): void => {
    execFileSync('slurmd', ['-c', '-f', conf]);
  };
  execFileSync('slurmctld', ['-c', '-f', conf]);
  startNode();
  const state = () => spawnSync('sinfo', ['-h', '-o', '%T'], { encoding: 'utf8' }).stdout;
  if (!(await within(60, () => /idle/.test(state())))) {
    throw new Error(`no node is idle: ${logs(root)}`);
  }
  const pid = (name: string) => Number(readFileSync(join(root, `${name}.pid`), 'utf8'));
  return {
    killNode() {
      const steps = descendants(pid('slurmd'), root);
      for (const one of [pid('slurmd'), ...steps]) kill(one);
    },
    startNode,
    async stop() {
      spawnSync('scancel', ['--user=root', '--signal=KILL']);
      const running = ['slurmd', 'slurmctld'].filter((name) =>
        existsSync(join(root, `${name}.pid`)),
      );
      const pids = running.map(pid);
      for (const one of pids) kill(one, 'SIGTERM');
      await within(30, () => !pids.some((one) => existsSync(`/proc/${one}`)));
      delete process.env.SLURM_CONF;
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
      held.close();
    },
  };
}

/** Whether it comes true in so many seconds. */
async function within(seconds: number, isSo: () => boolean): Promise<boolean> {
  const endMs = performance.now() + seconds * 1000;
  while (!isSo()) {
    if (performance.now() > endMs) return false;
    await wait(100);
  }
  return true;
}

/** The authentication between Slurm's programs; one for the machine. */
function startMunge(): void {
  const key = '/etc/munge/munge.key';
  if (spawnSync('pgrep', ['-x', 'munged']).status === 0) return;
  if (!existsSync(key)) {
    writeFileSync(key, Buffer.from(Array.from({ length: 1024 }, (_, i) => i % 251)), {
      mode: 0o400,
    });
    execFileSync('chown', ['munge:munge', key]);
  }
  execFileSync('install', ['-d', '-o', 'munge', '-g', 'munge', '-m', '755', '/run/munge']);
  execFileSync('install', ['-d', '-o', 'munge', '-g', 'munge', '-m', '700', '/var/log/munge']);
  const as = ['--reuid', 'munge', '--regid', 'munge', '--init-groups'];
  execFileSync('setpriv', [...as, '/usr/sbin/munged']);
}

function confOf(root: string, cpus: number): string {
  const host = hostname().split('.')[0];
  const port = 20_000 + (process.pid % 3_000) * 2; // below those that the system gives away, and TURN
  return `ClusterName=archer
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
SlurmctldPort=${port}
SlurmdPort=${port + 1}
SlurmctldPidFile=${root}/slurmctld.pid
SlurmdPidFile=${root}/slurmd.pid
StateSaveLocation=${root}/state
SlurmdSpoolDir=${root}/spool
SlurmctldLogFile=${root}/log/slurmctld.log
SlurmdLogFile=${root}/log/slurmd.log
SlurmctldTimeout=10
SlurmdTimeout=10
KillWait=5
MinJobAge=3600
SchedulerParameters=batch_sched_delay=0,sched_interval=1,defer_batch=0
SchedulerType=sched/backfill
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${cpus} State=UNKNOWN
PartitionName=debug Nodes=${host} Default=YES MaxTime=INFINITE State=UP
`;
}

/** Processes below one of Slurm's daemons: its steps start apart from it, but know their folder. */
function descendants(pid: number, root: string): number[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const all = stdout.split('\n').flatMap((line) => {
    const words = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return words ? [{ pid: Number(words[1]), parent: Number(words[2]), args: words[3] ?? '' }] : [];
  });
  const found = new Set([pid]);
  for (const one of all) if (one.args.startsWith('slurmstepd:')) found.add(one.pid);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const one of all) if (found.has(one.parent)) found.add(one.pid);
  }
  found.delete(pid);
  appendFileSync(join(root, 'log', 'killed'), `${[...found].join(' ')}\n`);
  return [...found];
}

function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

function logs(root: string): string {
  return ['slurmctld', 'slurmd']
    .map((name) => join(root, 'log', `${name}.log`))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8').slice(-2000))
    .join('\n');
}
