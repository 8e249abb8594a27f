import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { programsOfCgroup } from '../../src/linux/bpf-attached.ts';
import { destinationOf, openClient } from './connections.ts';
import { everything, type FixState } from './fixing.ts';
import { ip } from './ip-command.ts';
import { CallError } from './libc-calls.ts';
import { PROGRAM, type Run, run } from './program.ts';
import type { Endpoint } from './socket-address.ts';
import { readSysctl } from './sysctl.ts';

/** How many connections the current namespace has opened: one that is refused for want of a port is none. */
export function activeOpens(): number {
  const [names, values] = readFileSync('/proc/thread-self/net/snmp', 'latin1')
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'));
  const index = names?.split(' ').indexOf('ActiveOpens') ?? -1;
  return Number(values?.split(' ')[index]);
}

/** Connects from an address until the kernel refuses, and keeps the connections. @returns how many there are */
export function fillFrom(from: string, to: Endpoint): number {
  for (let taken = 0; ; taken += 1) {
    const client = openClient(to, { from });
    const failure = client.tryConnect(destinationOf(to, { from }));
    if (failure === 'EADDRNOTAVAIL') return taken;
    if (failure !== undefined) throw new CallError('connect', failure);
  }
}

/** Runs an unmodified program in a cgroup, from its first moment, and waits for its end. */
export function runIn(cgroup: string, command: string, args: readonly string[]): Promise<Run> {
  return run('sh', ['-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', cgroup, command, ...args]);
}

/** Runs an unmodified client in a cgroup, as it is started anywhere: it keeps no connection. */
export function benchmarkIn(cgroup: string, host: string, port: number, requests: number): Promise<Run> {
  const where = ['-h', host, '-p', `${port}`];
  const load = ['-k', '0', '-n', `${requests}`, '-c', '5', '-t', 'ping_mbulk', '-q'];
  return runIn(cgroup, 'redis-benchmark', [...where, ...load]);
}

/** Whether no connection of it was refused. */
export function wentWell({ code, out, error }: Run): boolean {
  return code === 0 && !/could not connect|error/i.test(out + error);
}

/** Moves a running program to a cgroup. */
export function moveTo(cgroup: string, pid: number): void {
  writeFileSync(`${cgroup}/cgroup.procs`, `${pid}`);
}

/** The names of our programs that act on a cgroup. */
export function programsOf(cgroup: string): string[] {
  const types = ['connect4', 'connect6', 'getpeername4', 'getpeername6'] as const;
  return types.flatMap((type) => programsOfCgroup(cgroup, type, 'own').map(({ name }) => name));
}

/** All that a spread may change: settings, addresses, local routes, programs, and the journal's folder. */
export function machineAsItIs(state: FixState, cgroup: string): Record<string, string> {
  return {
    ...everything(state),
    ...{ addresses: ip('-oneline address'), programs: programsOf(cgroup).join() },
    ...{ 'local routes': ip('route show table local') + ip('-6 route show table local') },
    'ipv6.ip_nonlocal_bind': readSysctl('ipv6.ip_nonlocal_bind'),
  };
}

/** A run of `fourtuple` that goes on until it is told to end. */
export interface RunningFix {
  readonly child: ChildProcess;
  /** What it has written to standard error so far. */
  said(): string;
  /** What it has come to. */
  readonly ended: Promise<Run>;
}

/** Starts `fourtuple fix` and comes back when it holds a spread. */
export async function startFix(state: FixState, ...args: string[]): Promise<RunningFix> {
  const env = { PATH: process.env.PATH, ...state.options.env };
  const child = spawn(process.execPath, [PROGRAM, 'fix', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const seen = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    seen.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    seen.error += text;
  });
  const ended = once(child, 'close').then(([code]): Run => ({ ...seen, code }));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  while (!seen.error.includes('spreading connections of')) {
    if (child.exitCode !== null) throw new Error(`it has ended: ${seen.error}`);
    await sleep(10);
  }
  return { child, said: () => seen.error, ended };
}

/** The machine without what the journal and its lock are. */
export function withoutJournal(machine: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(machine).filter(([name]) => !/\/(?:journal|lock)$/.test(name)));
}

/** A process in a network namespace that nobody else keeps. */
export async function processInNamespace(): Promise<ChildProcess> {
  const child = spawn('unshare', ['-n', 'sh', '-c', 'ip link set lo up; echo; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => endProcess(child));
  await once(child.stdout, 'data');
  return child;
}

/** Ends a process that was started here, and waits for that. */
export async function endProcess(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  if (child.kill('SIGKILL')) await gone;
}
