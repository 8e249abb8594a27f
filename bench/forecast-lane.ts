import { type ChildProcess, fork } from 'node:child_process';
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
export type ClientMessage = { readonly opened: number; readonly at: number } | { readonly ended: LoadOutcome };

/** What the program says of a lane, and when; in milliseconds since 1970. */
export interface Look {
  readonly at: number;
  readonly opened: number;
  readonly lane: LaneReport;
}

export interface LaneRun {
  readonly looks: readonly Look[];
  readonly outcome: LoadOutcome;
}

const CLIENT = fileURLToPath(new URL('./forecast-client.js', import.meta.url));
const clients = new Set<ChildProcess>();

/** Lets a client of its own process work on a lane of its own namespace, with the range that Linux starts with. */
export async function runLane(task: ClientTask): Promise<LaneRun> {
  const namespace = createNamespace();
  const client = inside(namespace, () => {
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    return fork(CLIENT, [JSON.stringify(task)], { execArgv: [] });
  });
  clients.add(client);
  const looks: Promise<Look>[] = [];
  const outcome = await new Promise<LoadOutcome>((resolve, reject) => {
    client.on('message', (message: ClientMessage) => {
      if ('ended' in message) resolve(message.ended);
      else looks.push(look(namespace, message.opened));
    });
    client.on('exit', (code) => reject(new Error(`a client ended with exit code ${code}`)));
  });
  clients.delete(client);
  return { looks: await Promise.all(looks), outcome };
}

/** At once, where there is no time to wait. */
export function killClients(): void {
  for (const client of clients) client.kill('SIGKILL');
}

async function look(namespace: NetworkNamespace, opened: number): Promise<Look> {
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
    return { at, opened, lane };
  } finally {
    handle.close();
  }
}
