import { PortSet } from '../tcp/port-set.ts';
import { INTERFACE, LANE_KEY_WORDS } from './lane-table.ts';
import type { Scan } from './scan.ts';

/**
 * A socket that is bound to a device finds no port that a socket without one holds in the same lane, though not the other
 * way round (`inet_match()`).
 *
 * @param blocked ports that no lane can use anyway, unless it holds them
 * @returns by how many slots such lanes are narrower: ports that their twin without a device holds and they do not
 */
export function slotsTakenByTwins({ lanes, sockets }: Scan, blocked: PortSet): Map<number, number> {
  const twins = findTwins({ lanes });
  if (twins.size === 0) return new Map();
  const ports = new Map<number, PortSet>();
  for (const pair of twins) for (const lane of pair) ports.set(lane, new PortSet());
  for (let row = 0; row < sockets.size; row += 1) ports.get(sockets.lane(row))?.add(sockets.port(row));
  const taken = new Map<number, number>();
  for (const [lane, twin] of twins) {
    const own = ports.get(lane) as PortSet;
    let count = 0;
    for (const port of ports.get(twin) as PortSet) if (!own.has(port) && !blocked.has(port)) count += 1;
    taken.set(lane, count);
  }
  return taken;
}

/** For each lane that is bound to a device, the lane without one that is alike else. */
function findTwins({ lanes }: Pick<Scan, 'lanes'>): Map<number, number> {
  const twins = new Map<number, number>();
  const key = new Uint32Array(LANE_KEY_WORDS);
  for (let lane = 0; lane < lanes.size; lane += 1) {
    if (lanes.interfaceIndex(lane) === 0) continue;
    lanes.copyKey(lane, key);
    key[INTERFACE] = 0;
    const twin = lanes.find(key);
    if (twin >= 0) twins.set(lane, twin);
  }
  return twins;
}
