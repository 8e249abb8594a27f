import type { Host } from '../host.ts';
import { listToBackends } from '../proxy/to-backends.ts';

/** Used slots by lane, as people write it: `10.77.2.1>10.77.3.1:9000`. */
export type UsedByLane = ReadonlyMap<string, number>;

/** The lanes of a host to the backends, as ss lists its connections: where they really go. */
export function lanesBySs(host: Host): UsedByLane {
  const used = new Map<string, number>();
  for (const line of listToBackends(host)) {
    // State, Recv-Q, Send-Q, Local Address:Port, Peer Address:Port.
    const [, , , local = '', peer = ''] = line.split(/\s+/);
    const lane = `${local.slice(0, local.lastIndexOf(':'))}>${peer}`;
    used.set(lane, (used.get(lane) ?? 0) + 1);
  }
  return used;
}

export function usedSlots(lanes: UsedByLane): number {
  return [...lanes.values()].reduce((sum, used) => sum + used, 0);
}
