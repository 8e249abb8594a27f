import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../host.ts';
import { EvenPace } from './even-pace.ts';
import { closeInOrder } from './fill.ts';
import type { Way } from './way.ts';

/** Connections that are closed at once, the client first. */
export interface EvenOpens {
  readonly opensPerSecond: number;
  /** How many are tried. */
  readonly opens: number;
  /** See {@link EvenPace}. */
  readonly catchUpSeconds: number;
}

/** What came of it. */
export interface OpenedEvenly {
  readonly refused: number;
  /** What the machine had time for, those that were refused included. */
  readonly triedPerSecond: number;
}

/** Of the time from one to the next. */
const PAUSES_PER_OPEN = 2;

/** Opens connections at an even pace, never faster. What is refused is not tried again. */
export async function openEvenly(host: Host, way: Way, wanted: EvenOpens): Promise<OpenedEvenly> {
  const { opensPerSecond, opens, catchUpSeconds } = wanted;
  const start = seconds();
  const pace = new EvenPace(opensPerSecond, catchUpSeconds, start);
  let tried = 0;
  let refused = 0;
  const openSome = (): void => {
    for (; tried < opens && pace.isTime(seconds()); tried += 1) {
      const socket = way.connect();
      if (socket === null) refused += 1;
      else closeInOrder(socket, way.server.listener.accept());
    }
  };
  while (tried < opens) {
    host.inside(openSome);
    await sleep(1_000 / opensPerSecond / PAUSES_PER_OPEN);
  }
  return { refused, triedPerSecond: opens / (seconds() - start) };
}

function seconds(): number {
  return performance.now() / 1_000;
}
