import { setTimeout as sleep } from 'node:timers/promises';
import { closeInOrder } from './closings.ts';
import { type ClientOptions, destinationOf, openClient, type Server, tryConnection } from './connections.ts';
import { CallError } from './libc-calls.ts';
import type { NativeSocket } from './native-socket.ts';
import type { Endpoint } from './socket-address.ts';

/** Where a load's connections go. */
export interface Way {
  readonly to: Server;
  readonly options?: ClientOptions;
}

/** A way on which nobody answers: its connections stay in SYN_SENT until they are given up. */
export interface DeadWay {
  readonly to: Endpoint;
  readonly options?: ClientOptions;
  readonly isDead: true;
}

/** What clients do, for as long as it is driven. */
export interface Load {
  /** Taken in turn; where one is refused, the next is tried. */
  readonly ways: readonly (Way | DeadWay)[];
  readonly holdSeconds: number;
  /** Which end closes first: the one that is left in TIME_WAIT. Where neither does, connections are kept and used again. */
  readonly closes: 'client' | 'server' | 'neither';
  /** As many as the kernel lets it where left out. */
  readonly opensPerSecond?: number;
  /** How often it looks for what is to be done; with 0 as often as it can. */
  readonly pauseMs?: number;
}

/** What became of a load. */
export interface Driven {
  /** When each connection was opened, in seconds since the start. */
  readonly openedAt: readonly number[];
  /** When each connection was refused on all ways; where the kernel sets the pace, it is tried until it is not. */
  readonly refusedAt: readonly number[];
  /** How long each connection was held that has been closed. */
  readonly heldSeconds: readonly number[];
}

interface Opened {
  readonly client: NativeSocket;
  /** null where nobody answers. */
  readonly server: NativeSocket | null;
}

interface Held extends Opened {
  readonly since: number;
}

/**
 * Opens and closes connections, until told to stop.
 *
 * @param goesOn asked after each round, with what has been driven so far
 * @throws CallError where the kernel refuses for another reason than a want of ports
 */
export async function drive(load: Load, goesOn: (driven: Driven, seconds: number) => boolean): Promise<Driven> {
  const { ways, holdSeconds, closes, opensPerSecond, pauseMs = 1 } = load;
  const openedAt: number[] = [];
  const refusedAt: number[] = [];
  const held: Held[] = [];
  const kept: Opened[] = [];
  const heldSeconds: number[] = [];
  const start = performance.now();
  const now = (): number => (performance.now() - start) / 1_000;
  // What comes late comes in a burst, as at a client that was held up.
  const isDue = (): boolean =>
    opensPerSecond === undefined || openedAt.length + refusedAt.length < opensPerSecond * now();
  const closeDue = (): void => {
    for (;;) {
      const next = held[heldSeconds.length];
      if (next === undefined || now() - next.since < holdSeconds) return;
      heldSeconds.push(now() - next.since);
      if (closes === 'neither') kept.push(next);
      else close(next, closes);
    }
  };
  const driven: Driven = { openedAt, refusedAt, heldSeconds };
  do {
    closeDue();
    while (isDue()) {
      const opened = kept.pop() ?? openOnAny(ways, openedAt.length);
      if (opened === null) {
        refusedAt.push(now());
        break;
      }
      held.push({ ...opened, since: now() });
      openedAt.push(now());
      closeDue();
    }
    await (pauseMs === 0 ? new Promise(setImmediate) : sleep(pauseMs));
  } while (goesOn(driven, now()));
  return driven;
}

function close({ client, server }: Opened, first: 'client' | 'server'): void {
  if (server === null) client.close();
  else if (first === 'client') closeInOrder(client, server);
  else closeInOrder(server, client);
}

/** @returns null where all ways are refused */
function openOnAny(ways: Load['ways'], turn: number): Opened | null {
  for (let tried = 0; tried < ways.length; tried += 1) {
    const way = ways[(turn + tried) % ways.length] as Way | DeadWay;
    const result = 'isDead' in way ? trySyn(way) : tryConnection(way.to, way.options);
    if (typeof result !== 'string') return result;
    if (result !== 'EADDRNOTAVAIL') throw new CallError(`connect to ${way.to.address} ${way.to.port}`, result);
  }
  return null;
}

function trySyn({ to, options = {} }: DeadWay): Opened | string {
  const client = openClient(to, options, false);
  const failure = client.tryConnect(destinationOf(to, options));
  if (failure === 'EINPROGRESS') return { client, server: null };
  client.close();
  return failure ?? 'was answered';
}

/**
 * How long each slot took from one connection to its next: of a load that takes every slot as soon as there is one, the
 * time from each open to the one that comes as many opens later as there are slots.
 */
export function cycleSeconds({ openedAt }: Driven, slots: number): number[] {
  return openedAt.slice(slots).map((at, index) => at - (openedAt[index] as number));
}
