import { type Address, formatAddress } from '../tcp/address.ts';
import { isPoolSocket } from './blocked-ports.ts';
import type { BoundKind } from './bound-sockets.ts';
import type { Census } from './census.ts';

/** Sockets that block ports of the range for every lane, of one kind and at one address. */
export interface Blocker {
  readonly kind: BoundKind;
  /** Canonical text. */
  readonly address: string;
  /** Ascending, each once. */
  readonly ports: readonly number[];
  /** The inodes of the sockets, those that are known. */
  readonly inodes: readonly number[];
}

/** Who blocks ports of the range: one group for each kind and address, the largest first. */
export function listBlockers(census: Census): Blocker[] {
  const groups = new Map<string, { kind: BoundKind; address: string; ports: Set<number>; inodes: Set<number> }>();
  const add = (kind: BoundKind, address: Address, port: number, inode: number): void => {
    if (!census.blocked.ports.has(port)) return;
    const text = formatAddress(address);
    const key = `${kind} ${text}`;
    const group = groups.get(key) ?? { kind, address: text, ports: new Set(), inodes: new Set() };
    groups.set(key, group);
    group.ports.add(port);
    if (inode !== 0) group.inodes.add(inode);
  };
  for (const socket of census.blocked.sockets) add(socket.kind, socket.address, socket.port, socket.inode);
  const { sockets, lanes } = census.scan;
  if (census.hasSharedPools) {
    for (let row = 0; row < sockets.size; row += 1) {
      if (!isPoolSocket(census.scan, census.blocked, row)) continue;
      add('bound-before-connect', lanes.source(sockets.lane(row)), sockets.port(row), sockets.inode(row));
    }
  }
  return [...groups.values()]
    .map(({ kind, address, ports, inodes }) => ({
      kind,
      address,
      ports: [...ports].sort((a, b) => a - b),
      inodes: [...inodes],
    }))
    .sort((a, b) => b.ports.length - a.ports.length || (a.address < b.address ? -1 : 1));
}
