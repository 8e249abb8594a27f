import { inRange, isFirstPassPort, type PortRange, rangeSize } from '../tcp/port-range.ts';
import { PortSet } from '../tcp/port-set.ts';
import type { BoundSocket } from './bound-sockets.ts';
import { askKernel, type PortQuestion } from './pool-probe.ts';
import type { Scan } from './scan.ts';
import { Binding, findSharedPoolLanes, type PassSizes } from './shared-pool.ts';

/** Which ports of the range `connect()` skips for every lane, and why. */
export interface BlockedPorts {
  /** Ports of the range, reserved ones left out: those are excluded anyway. */
  readonly ports: PortSet;
  /** The sockets that block, those of shared pools left out: see `bindings`. */
  readonly sockets: readonly BoundSocket[];
  /** A value of `Binding` for each lane. */
  readonly bindings: Uint8Array;
  /** Ports that the kernel was asked about, and does not skip. */
  readonly free: ReadonlySet<number>;
  /** Whether the kernel said how sockets were bound; else their ports alone did. */
  readonly asked: boolean;
}

/** @param isBlocked asks the kernel about a port; without it the ports of a lane must tell how it was bound */
export function findBlockedPorts(scan: Scan, isBlocked?: PortQuestion): BlockedPorts {
  const ports = new PortSet();
  const block = (port: number): void => {
    if (inRange(scan.range, port) && !scan.reserved.has(port)) ports.add(port);
  };
  const sockets = [...scan.listeners, ...scan.bound].filter(({ port }) => inRange(scan.range, port));
  for (const socket of sockets) block(socket.port);
  if (scan.otherPassSockets === 0) {
    return { ports, sockets, bindings: new Uint8Array(scan.lanes.size), free: new Set(), asked: true };
  }
  const sizes = passSizes(scan.range, scan.reserved, ports);
  const bindings = findSharedPoolLanes(scan.lanes, scan.sockets, scan.range, sizes, explicitPorts(scan));
  const answers = isBlocked === undefined ? null : askKernel(bindings, scan, ports, sizes.first, isBlocked);
  for (const port of answers?.blocked ?? []) block(port);
  const blocked: BlockedPorts = { ports, sockets, bindings, free: answers?.free ?? new Set(), asked: answers !== null };
  if (bindings.every((binding) => binding === Binding.byConnect)) return blocked;
  for (let row = 0; row < scan.sockets.size; row += 1) {
    if (isPoolSocket(scan, blocked, row)) block(scan.sockets.port(row));
  }
  return blocked;
}

/** Tells whether a lane's source is bound to a port of its own choice, as the kernel says of live sockets. */
function explicitPorts(scan: Scan): (lane: number, port: number) => boolean {
  const explicit = new Set<string>();
  const ports = new PortSet();
  for (const { kind, address, port } of scan.bound) {
    if (kind !== 'bound-before-connect') continue;
    ports.add(port);
    explicit.add(`${address.join()} ${port}`);
  }
  return (lane, port) => ports.has(port) && explicit.has(`${scan.lanes.source(lane).join()} ${port}`);
}

/** Whether a socket was bound before it connected, without IP_BIND_ADDRESS_NO_PORT, as far as is known. */
export function isPoolSocket(scan: Scan, { bindings, free }: BlockedPorts, row: number): boolean {
  const binding = bindings[scan.sockets.lane(row)];
  const port = scan.sockets.port(row);
  if (binding === Binding.byConnect || scan.sockets.bindAddressNoPort(row) || free.has(port)) return false;
  return binding === Binding.allBound || !isFirstPassPort(scan.range, port);
}

function passSizes(range: PortRange, reserved: PortSet, blocked: PortSet): PassSizes {
  const size = rangeSize(range);
  const sizes = { first: Math.ceil(size / 2), other: Math.floor(size / 2) };
  const excluded = PortSet.of([...reserved, ...blocked]);
  for (const port of excluded) {
    if (inRange(range, port)) sizes[isFirstPassPort(range, port) ? 'first' : 'other'] -= 1;
  }
  return sizes;
}
