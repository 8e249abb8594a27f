import type { FourTuple } from '../linux/inet-diag-request.ts';
import type { Scan } from './scan.ts';

/** What names the connection of a row of the sockets, to look it up. */
export function fourTupleOf({ sockets, lanes }: Pick<Scan, 'sockets' | 'lanes'>, row: number): FourTuple {
  const lane = sockets.lane(row);
  return {
    source: lanes.source(lane),
    sourcePort: sockets.port(row),
    destination: lanes.destination(lane),
    destinationPort: lanes.port(lane),
    interfaceIndex: lanes.interfaceIndex(lane),
  };
}
