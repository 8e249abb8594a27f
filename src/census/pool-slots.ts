import { inRange, rangeSize } from '../tcp/port-range.ts';
import { PortSet } from '../tcp/port-set.ts';
import type { BlockedPorts } from './blocked-ports.ts';
import type { Scan } from './scan.ts';
import { Binding } from './shared-pool.ts';

/**
 * The slots of the lanes whose sockets are bound before they connect: bind() to port 0 finds only ports that no other
 * socket of the same source holds, whatever its destination (`inet_csk_bind_conflict()`).
 *
 * @returns the slots of each such lane, by its number
 */
export function poolSlots(scan: Scan, blocked: BlockedPorts): Map<number, number> {
  const slots = new Map<number, number>();
  const sources = heldBySource(scan, blocked.bindings);
  if (sources === null) return slots;
  const used = new Map<number, number>();
  for (let row = 0; row < scan.sockets.size; row += 1) {
    const lane = scan.sockets.lane(row);
    sources[lane]?.add(scan.sockets.port(row));
    if (blocked.bindings[lane] !== Binding.byConnect) used.set(lane, (used.get(lane) ?? 0) + 1);
  }
  for (const ports of new Set(sources)) addUnusable(ports, scan, blocked);
  for (const [lane, own] of used) {
    slots.set(lane, rangeSize(scan.range) - (sources[lane] as PortSet).size + own);
  }
  return slots;
}

/** For each lane of a source that binds before it connects, one set for all lanes of that source; null: no such source. */
function heldBySource(scan: Scan, bindings: Uint8Array): (PortSet | undefined)[] | null {
  const bySource = new Map<string, PortSet>();
  for (let lane = 0; lane < scan.lanes.size; lane += 1) {
    if (bindings[lane] !== Binding.byConnect) bySource.set(scan.lanes.source(lane).join(), new PortSet());
  }
  if (bySource.size === 0) return null;
  return Array.from({ length: scan.lanes.size }, (_, lane) => bySource.get(scan.lanes.source(lane).join()));
}

function addUnusable(ports: PortSet | undefined, scan: Scan, blocked: BlockedPorts): void {
  if (ports === undefined) return;
  for (const port of scan.reserved) if (inRange(scan.range, port)) ports.add(port);
  for (const { port } of blocked.sockets) ports.add(port);
}
