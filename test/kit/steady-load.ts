import { setTimeout as sleep } from 'node:timers/promises';
import { closeInOrder } from './closings.ts';
import { type ClientOptions, destinationOf, openClient, type Server, tryConnection } from './connections.ts';
import { CallError } from './libc-calls.ts';
import type { NativeSocket } from './native-socket.ts';
import { inside, type NetworkNamespace } from './network-namespace.ts';
import type { Endpoint } from './socket-address.ts';

/** Connections that are opened at an even pace, live for a while, and are closed by their client. */
export interface SteadyLoad {
  /** A server of this process, or the endpoint of another that closes what its clients have closed. */
  readonly to: Server | Endpoint;
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
  readonly endedAt: number;
  /** When the kernel had no port left; null where it always had one. */
  readonly refusedAt: number | null;
  /** When connect() took the first port that has not the parity of the range's low end; null where it never did. */
  readonly secondPassAt: number | null;
}

const PAUSE_MS = 4;
/** At most so many in one go: a load that is behind must not keep others from theirs. */
const MOST_AT_ONCE = 100;

interface Opened {
  readonly client: NativeSocket;
  /** Waits for the other end to close too, where that is in this process. */
  close(): void;
}

/** @param firstParity of the range's low end, 0 or 1 */
export async function openSteadily(load: SteadyLoad, firstParity = 0): Promise<LoadOutcome> {
  const { namespace, perSecond, holdSeconds = 0 } = load;
  const milestones = [...(load.milestones?.keys() ?? [])];
  const startedAt = performance.now();
  const living: { readonly socket: Opened; readonly closes: number }[] = [];
  let opened = 0;
  let closed = 0;
  let secondPassAt: number | null = null;
  const closeDue = (): void => {
    for (let next = living[closed]; next !== undefined && next.closes <= performance.now(); next = living[closed]) {
      next.socket.close();
      closed += 1;
    }
  };
  /** @returns whether the kernel had a port for each */
  const openDue = (): boolean => {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond) + 1;
    const end = Math.min(due, opened + MOST_AT_ONCE, ...milestones.filter((count) => count > opened));
    for (; opened < end; opened += 1) {
      const socket = tryOpen(load);
      if (socket === null) return false;
      if (secondPassAt === null && socket.client.localPort % 2 !== firstParity) secondPassAt = performance.now();
      if (holdSeconds === 0) socket.close();
      else living.push({ socket, closes: performance.now() + holdSeconds * 1_000 });
    }
    return true;
  };
  const turn = (): boolean => {
    closeDue();
    return openDue();
  };
  for (;;) {
    const before = opened;
    const hadPort = namespace === undefined ? turn() : inside(namespace, turn);
    const endedAt = performance.now();
    if (!hadPort || endedAt - startedAt >= load.seconds * 1_000) {
      return { opened, endedAt, refusedAt: hadPort ? null : endedAt, secondPassAt };
    }
    if (opened > before) await load.milestones?.get(opened)?.();
    await sleep(PAUSE_MS);
  }
}

/** @returns null where the kernel has no port */
function tryOpen({ to, client: options }: SteadyLoad): Opened | null {
  if ('listener' in to) {
    const result = tryConnection(to, options);
    if (typeof result === 'string') return refused(result);
    return { client: result.client, close: () => closeInOrder(result.client, result.server) };
  }
  const client = openClient(to, options);
  const failure = client.tryConnect(destinationOf(to, options ?? {}));
  if (failure === undefined) return { client, close: () => client.close() };
  client.close();
  return refused(failure);
}

function refused(failure: string): null {
  if (failure === 'EADDRNOTAVAIL') return null;
  throw new CallError('connect', failure);
}
