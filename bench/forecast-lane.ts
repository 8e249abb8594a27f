import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { takeCensus } from '../src/census/take-census.ts';
import type { LaneReport } from '../src/diagnosis/report.ts';
import { reportNamespace } from '../src/diagnosis/report-namespace.ts';
import { openNamespace } from '../src/linux/network-namespace.ts';
import { ticksPerSecond } from '../src/linux/timer-tick.ts';
import { meanTimeWaitSeconds } from '../src/tcp/time-wait.ts';
import { createNamespace, inside, type NetworkNamespace } from '../test/kit/network-namespace.ts';
import type { LoadOutcome } from '../test/kit/steady-load.ts';
import { writeSysctl } from '../test/kit/sysctl.ts';

/** What a client is to do; it ends sooner where the kernel refuses. */
export interface ClientTask {
  readonly port: number;
  readonly perSecond: number;
  readonly seconds: number;
  readonly holdSeconds?: number;
  /** IP_LOCAL_PORT_RANGE. */
  readonly portRange?: readonly [low: number, high: number];
  /** Tells its parent as soon as it has opened so many. */
  readonly tellAt: readonly number[];
}

/** Times are milliseconds since 1970. */
export type ClientMessage = { readonly reached: number } | { readonly ended: LoadOutcome };

/** What the program says of a lane, and when; in milliseconds since 1970. */
export interface Look {
  readonly at: number;
  readonly lane: LaneReport;
}

export interface LaneRun {
  readonly looks: readonly Look[];
  readonly outcome: LoadOutcome;
}

const PORT = 9_000;
const processes = new Set<ChildProcess>();

/**
 * Lets clients work on one lane in a namespace of its own, with the range that Linux starts with. Each is a process and has
 * its part of the load: past the cliff one alone could not keep the pace.
 */
export async function runLane(task: Omit<ClientTask, 'port'>, clients: number): Promise<LaneRun> {
  const namespace = createNamespace();
  inside(namespace, () => writeSysctl('ipv4.tcp_tw_reuse', 0));
  const server = start(namespace, './forecast-server.js', `${PORT}`);
  await once(server, 'message');
  const looks: Promise<Look>[] = [];
  const outcomes = Array.from({ length: clients }, (_, index) => {
    const tellAt = index === 0 ? task.tellAt.map((count) => Math.round(count / clients)) : [];
    const part = { ...task, tellAt, port: PORT, perSecond: task.perSecond / clients };
    return runClient(namespace, part, () => looks.push(look(namespace)));
  });
  const outcome = (await Promise.all(outcomes)).reduce(together);
  server.disconnect();
  return { looks: await Promise.all(looks), outcome };
}

/** At once, where there is no time to wait. */
export function killClients(): void {
  for (const process of processes) process.kill('SIGKILL');
}

function start(namespace: NetworkNamespace, file: string, argument: string): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = inside(namespace, () => fork(path, [argument], { execArgv: [] }));
  processes.add(child);
  child.on('exit', () => processes.delete(child));
  return child;
}

function runClient(namespace: NetworkNamespace, task: ClientTask, reached: () => void): Promise<LoadOutcome> {
  const client = start(namespace, './forecast-client.js', JSON.stringify(task));
  return new Promise((resolve, reject) => {
    client.on('message', (message: ClientMessage) => {
      if ('ended' in message) resolve(message.ended);
      else reached();
    });
    client.on('exit', (code) => reject(new Error(`a client ended with exit code ${code}`)));
  });
}

function together(a: LoadOutcome, b: LoadOutcome): LoadOutcome {
  return {
    opened: a.opened + b.opened,
    endedAt: Math.min(a.endedAt, b.endedAt),
    refusedAt: earlier(a.refusedAt, b.refusedAt),
    secondPassAt: earlier(a.secondPassAt, b.secondPassAt),
  };
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

async function look(namespace: NetworkNamespace): Promise<Look> {
  const handle = openNamespace(namespace.path);
  try {
    const before = performance.now();
    const taken = await takeCensus({ namespace: handle });
    const at = performance.timeOrigin + (before + performance.now()) / 2;
    const report = reportNamespace({ inode: null, name: null, holder: null }, taken, {
      top: 1,
      findOwners: () => ({ of: () => [], stopped: null, refused: null }),
      timeWaitSeconds: meanTimeWaitSeconds(ticksPerSecond()),
      units: { ofProcess: () => null, ofCgroup: () => null },
    });
    const [lane] = report.lanes;
    if (lane === undefined) throw new Error('the census has no lane');
    return { at, lane };
  } finally {
    handle.close();
  }
}
