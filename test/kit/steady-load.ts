import { setTimeout as sleep } from 'node:timers/promises';
import { closeInOrder } from './closings.ts';
import { type ClientOptions, type Connection, type Server, tryConnection } from './connections.ts';
import { CallError } from './libc-calls.ts';
import { inside, type NetworkNamespace } from './network-namespace.ts';

/** Connections that are opened at an even pace, live for a while, and are closed by their client. */
export interface SteadyLoad {
  readonly to: Server;
  /** Where they are opened, the thread's own namespace where left out. */
  readonly namespace?: NetworkNamespace;
  readonly perSecond: number;
  /** It ends sooner where the kernel has no port left. */
  readonly seconds: number;
  readonly holdSeconds?: number;
  readonly client?: ClientOptions;
  /** What is done between two of them, as soon as so many have been opened. The pace makes up for the time it takes. */
  readonly milestones?: ReadonlyMap<number, () => void | Promise<void>>;
}

/** What came of a load. Times are `performance.now()` of this process. */
export interface LoadOutcome {
  readonly opened: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /** When the kernel had no port left; null where it always had one. */
  readonly refusedAt: number | null;
  /** When connect() took the first port that has not the parity of the range's low end; null where it never did. */
  readonly secondPassAt: number | null;
  /** By how many seconds the load was behind its pace at the worst. */
  readonly behindSeconds: number;
}

const PAUSE_MS = 4;
/** At most so many in one go: a load that is behind must not keep others from theirs. */
const MOST_AT_ONCE = 100;

/** @param firstParity of the range's low end, 0 or 1 */
export async function openSteadily(load: SteadyLoad, firstParity = 0): Promise<LoadOutcome> {
  const { namespace, perSecond, holdSeconds = 0 } = load;
  const startedAt = performance.now();
  const living: { readonly connection: Connection; readonly closes: number }[] = [];
  let opened = 0;
  let closed = 0;
  let behindSeconds = 0;
  let secondPassAt: number | null = null;
  const closeDue = (): void => {
    for (let next = living[closed]; next !== undefined && next.closes <= performance.now(); next = living[closed]) {
      closeInOrder(next.connection.client, next.connection.server);
      closed += 1;
    }
  };
  /** @returns whether the kernel had a port */
  const openOne = (): boolean => {
    const connection = tryConnection(load.to, load.client);
    if (connection === 'EADDRNOTAVAIL') return false;
    if (typeof connection === 'string') throw new CallError('connect', connection);
    opened += 1;
    if (secondPassAt === null && connection.client.localPort % 2 !== firstParity) secondPassAt = performance.now();
    if (holdSeconds === 0) closeInOrder(connection.client, connection.server);
    else living.push({ connection, closes: performance.now() + holdSeconds * 1_000 });
    return true;
  };
  const openDue = (): boolean => {
    closeDue();
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond) + 1;
    behindSeconds = Math.max(behindSeconds, (due - opened) / perSecond);
    for (const end = Math.min(due, opened + MOST_AT_ONCE, nextMilestone()); opened < end; )
      if (!openOne()) return false;
    return true;
  };
  const nextMilestone = (): number => {
    const ahead = [...(load.milestones?.keys() ?? [])].filter((count) => count > opened);
    return Math.min(Number.POSITIVE_INFINITY, ...ahead);
  };
  for (;;) {
    const before = opened;
    const hadPort = namespace === undefined ? openDue() : inside(namespace, openDue);
    const endedAt = performance.now();
    const over = endedAt - startedAt >= load.seconds * 1_000;
    if (!hadPort || over) {
      return { opened, startedAt, endedAt, refusedAt: hadPort ? null : endedAt, secondPassAt, behindSeconds };
    }
    if (opened > before) await load.milestones?.get(opened)?.();
    await sleep(PAUSE_MS);
  }
}
