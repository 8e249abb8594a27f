import { parsePortList } from '../../tcp/port-list.ts';
import { PortSet } from '../../tcp/port-set.ts';
import type { BlockerKind, BlockerReport, ProcessReport } from '../report.ts';

/** Sockets that block ports, taken together. */
export interface Blocking {
  readonly ports: PortSet;
  /** Those with most sockets first. */
  readonly processes: readonly ProcessReport[];
}

/** Blockers of some kinds, at one address or at all: each port and each process once. */
export function takeTogether(
  blockers: readonly BlockerReport[],
  kinds: readonly BlockerKind[],
  address?: string,
): Blocking {
  const ports = new PortSet();
  const processes = new Map<number, ProcessReport>();
  for (const blocker of blockers) {
    if (!kinds.includes(blocker.kind) || (address !== undefined && blocker.address !== address)) continue;
    for (const port of parsePortList(blocker.ports)) ports.add(port);
    for (const process of blocker.processes) {
      const sockets = (processes.get(process.pid)?.sockets ?? 0) + process.sockets;
      processes.set(process.pid, { ...process, sockets });
    }
  }
  return { ports, processes: [...processes.values()].sort((a, b) => b.sockets - a.sockets) };
}
