import { PortSet } from '../tcp/port-set.ts';
import type { Scan } from './scan.ts';

/**
 * A dump is no snapshot: the kernel may list a socket twice when its hash chain changes between two parts of the reply.
 * Where a lane seems to hold more slots than it has, the repeated rows go.
 *
 * @param used how many rows each lane has
 * @param slots how many it can have
 * @returns whether any went
 */
export function dropRepeatedSockets(
  { sockets }: Pick<Scan, 'sockets'>,
  used: ArrayLike<number>,
  slots: (lane: number) => number,
): boolean {
  const overfull = new Map<number, PortSet>();
  for (let lane = 0; lane < used.length; lane += 1) {
    if ((used[lane] as number) > slots(lane)) overfull.set(lane, new PortSet());
  }
  if (overfull.size === 0) return false;
  sockets.retain((row) => overfull.get(sockets.lane(row))?.add(sockets.port(row)) ?? true);
  return true;
}
