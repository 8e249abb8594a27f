import type { SockDiag } from '../linux/sock-diag.ts';
import { FourtupleError } from '../tcp/error.ts';
import { TcpState } from '../tcp/state.ts';
import { fourTupleOf } from './four-tuple.ts';
import type { Scan } from './scan.ts';

/** Looking up one connection takes some ten microseconds: so many cost a few milliseconds. */
const MOST_LOOKUPS = 256;

/**
 * Finds out whether the hosts at the far ends negotiate TCP timestamps. A TIME_WAIT socket does not remember it, a live
 * connection to the same host does: one to each host is looked up, for 256 hosts at most.
 *
 * @returns tells it for a lane; null where no live connection shows it
 */
export function measurePeerTimestamps(diag: SockDiag, scan: Scan): (lane: number) => boolean | null {
  const { sockets, lanes } = scan;
  const host = (lane: number): string => lanes.destination(lane).join();
  const byHost = new Map<string, boolean>();
  const seen = new Uint8Array(lanes.size);
  let lookups = 0;
  for (let row = 0; row < sockets.size && lookups < MOST_LOOKUPS; row += 1) {
    const lane = sockets.lane(row);
    if (seen[lane] === 1 || sockets.state(row) !== TcpState.ESTABLISHED) continue;
    seen[lane] = 1;
    if (byHost.has(host(lane))) continue;
    lookups += 1;
    const timestamps = lookUp(diag, scan, row);
    if (timestamps !== undefined) byHost.set(host(lane), timestamps);
  }
  return (lane) => byHost.get(host(lane)) ?? null;
}

function lookUp(diag: SockDiag, scan: Scan, row: number): boolean | undefined {
  let timestamps: boolean | undefined;
  try {
    diag.query(fourTupleOf(scan, row), (socket) => {
      timestamps = socket.timestamps;
    });
  } catch (error) {
    if (!(error instanceof FourtupleError)) throw error;
  }
  return timestamps;
}
