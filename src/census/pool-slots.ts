import type { Address } from '../tcp/address.ts';
import { inRange, rangeSize } from '../tcp/port-range.ts';
import { PortSet } from '../tcp/port-set.ts';
import type { BlockedPorts } from './blocked-ports.ts';
import { isBoundTo } from './bound-sockets.ts';
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
  const bySource = sourcesThatBind(scan, blocked);
  if (bySource.size === 0) return slots;
  const held = Array.from({ length: scan.lanes.size }, (_, lane) => bySource.get(scan.lanes.source(lane).join()));
  const used = new Map<number, number>();
  for (let row = 0; row < scan.sockets.size; row += 1) {
    const lane = scan.sockets.lane(row);
    held[lane]?.add(scan.sockets.port(row));
    if (blocked.bindings[lane] !== Binding.byConnect) used.set(lane, (used.get(lane) ?? 0) + 1);
  }
  for (const [lane, own] of used) slots.set(lane, rangeSize(scan.range) - (held[lane] as PortSet).size + own);
  return slots;
}

/** A set of ports for each source that has such lanes: those that bind() cannot use whatever the lanes hold. */
function sourcesThatBind(scan: Scan, blocked: BlockedPorts): Map<string, PortSet> {
  const bySource = new Map<string, PortSet>();
  for (let lane = 0; lane < scan.lanes.size; lane += 1) {
    if (blocked.bindings[lane] === Binding.byConnect) continue;
    const source = scan.lanes.source(lane);
    if (!bySource.has(source.join())) bySource.set(source.join(), unusableFor(source, scan, blocked));
  }
  return bySource;
}

/** Reserved ports, and those that other sockets are bound to at the same address or at all of them. */
function unusableFor(source: Address, scan: Scan, blocked: BlockedPorts): PortSet {
  const ports = new PortSet();
  for (const port of scan.reserved) if (inRange(scan.range, port)) ports.add(port);
  for (const socket of blocked.sockets) if (isBoundTo(socket, source, socket.interfaceIndex)) ports.add(socket.port);
  return ports;
}
