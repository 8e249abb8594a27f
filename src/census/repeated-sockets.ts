import { rangeSize } from '../tcp/port-range.ts';
import { PortSet } from '../tcp/port-set.ts';
import type { Scan } from './scan.ts';

/**
 * A dump is no snapshot: the kernel may list a socket twice when its hash chain changes between two parts of the reply.
 * Where a lane seems to hold more slots than the range has ports, the repeated rows go.
 *
 * @param used how many rows each lane has
 * @returns whether any went
 */
export function dropRepeatedSockets({ sockets, range }: Pick<Scan, 'sockets' | 'range'>, used: Uint16Array): boolean {
  const overfull = new Map<number, PortSet>();
  for (const [lane, count] of used.entries()) if (count > rangeSize(range)) overfull.set(lane, new PortSet());
  if (overfull.size === 0) return false;
  sockets.retain((row) => overfull.get(sockets.lane(row))?.add(sockets.port(row)) ?? true);
  return true;
}
