import type { Census } from '../census/census.ts';
import { UNKNOWN_LEFT } from '../census/socket-table.ts';
import { MAX_PORT } from '../tcp/port-range.ts';
import { TcpState } from '../tcp/state.ts';
import { PortKind } from './port-map.ts';

const LONGEST_LEFT_SECONDS = 63;

/**
 * Says of each port what holds it for one lane.
 *
 * @param lane its number in the census
 * @returns 65,536 bytes: see {@link PortKind}
 */
export function drawPortMap({ pool, scan }: Census, lane: number): Uint8Array {
  const ports = new Uint8Array(MAX_PORT + 1);
  const { range, reserved, blocked } = pool;
  for (let port = range.low; port <= range.high; port += 1) {
    ports[port] = reserved.has(port) ? PortKind.reserved : blocked.has(port) ? PortKind.blocked : PortKind.free;
  }
  const { sockets } = scan;
  for (let row = 0; row < sockets.size; row += 1) {
    if (sockets.lane(row) !== lane) continue;
    ports[sockets.port(row)] = kindOf(sockets.isTimeWait(row), sockets.state(row), sockets.timeWaitLeftMs(row));
  }
  return ports;
}

function kindOf(isTimeWait: boolean, state: TcpState, leftMs: number): number {
  if (!isTimeWait) return PortKind.live;
  if (state !== TcpState.TIME_WAIT) return PortKind.finWait2;
  if (leftMs === UNKNOWN_LEFT) return PortKind.timeWait;
  return PortKind.timeWaitLeft + Math.min(LONGEST_LEFT_SECONDS, Math.floor(leftMs / 1_000));
}
