import { setTimeout as sleep } from 'node:timers/promises';
import type { TcpSocket } from '../../linux/tcp-socket.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { plural } from '../../tcp/number-text.ts';
import type { Host } from '../host.ts';
import { median } from '../median.ts';
import { seconds } from './clock.ts';
import { evenly } from './evenly.ts';
import type { Endpoint, Way } from './way.ts';

const PAUSE_MS = 1;
/** Of those that come back, the ones whose time is known best. */
const BEST_SHARE = 0.25;

/**
 * Opens connections at an even pace until the kernel refuses one.
 *
 * @param leave what is done with each at once: from then on it is left to the kernel
 * @returns when that was, in seconds, by port
 */
export async function leaveToKernel(
  host: Host,
  way: Way<Endpoint>,
  perSecond: number,
  leave: (socket: TcpSocket) => void,
): Promise<Map<number, number>> {
  const leftAt = new Map<number, number>();
  const openUntil = (due: number): boolean => {
    while (leftAt.size < due) {
      const socket = way.connect();
      if (socket === null) return true;
      leftAt.set(socket.localPort, seconds());
      leave(socket);
    }
    return false;
  };
  await evenly(perSecond, (due) => host.inside(() => openUntil(due)));
  return leftAt;
}

/**
 * Takes each slot as soon as the kernel gives it back: it is tried all the time.
 *
 * @param leftAt when it was left to the kernel, in seconds, by port
 * @param mostSeconds from now on
 * @returns how long the kernel had a slot, in seconds: the median of those that are known best, for the machine now and
 * then holds a load up between two tries
 * @throws FourtupleError FT_LAB where not all of them come back in time
 */
export async function takeBack(
  host: Host,
  way: Way<Endpoint>,
  leftAt: ReadonlyMap<number, number>,
  mostSeconds: number,
): Promise<number> {
  const pending = new Map(leftAt);
  const lives: { readonly life: number; readonly since: number }[] = [];
  const end = seconds() + mostSeconds;
  let refusedAt = seconds();
  const takeAll = (): void => {
    for (let socket = way.connect(); socket !== null; socket = way.connect()) {
      const [port, now] = [socket.localPort, seconds()];
      const left = pending.get(port);
      if (left !== undefined) lives.push({ life: now - left, since: now - refusedAt });
      pending.delete(port);
    }
    refusedAt = seconds();
  };
  while (pending.size > 0) {
    host.inside(takeAll);
    if (seconds() > end) throw new FourtupleError('FT_LAB', `${plural(pending.size, 'slot')} have not come back`);
    await sleep(PAUSE_MS);
  }
  const best = lives.sort((a, b) => a.since - b.since).slice(0, Math.ceil(BEST_SHARE * lives.length));
  return median(best.map(({ life }) => life));
}
