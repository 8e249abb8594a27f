import { expect } from 'vitest';
import { findKernelOwners } from '../../src/census/kernel-owners.ts';
import { takeCensus } from '../../src/census/take-census.ts';
import type { NamespaceReport } from '../../src/diagnosis/report.ts';
import { reportNamespace } from '../../src/diagnosis/report-namespace.ts';
import { openNamespace } from '../../src/linux/network-namespace.ts';
import type { SockDiag } from '../../src/linux/sock-diag.ts';
import { meanTimeWaitSeconds } from '../../src/tcp/time-wait.ts';
import type { NetworkNamespace } from '../kit/network-namespace.ts';

export interface Observation {
  /** At most so many lanes. */
  readonly top?: number;
  /** Another namespace than the one that this thread is in. */
  readonly namespace?: NetworkNamespace;
  /** Who holds the sockets is searched for. */
  readonly owners?: boolean;
  /** In which of its two modes the census is taken; in both, which must agree, where left out. */
  readonly mode?: Mode;
  /** Opens the kernel's socket list in another way. */
  readonly openSockDiag?: () => SockDiag;
}

/** Whether the kernel is asked about ports, as root can, or the ports alone must tell, as for an unprivileged user. */
export type Mode = 'asking' | 'by-ports';

export const MODES: readonly Mode[] = ['asking', 'by-ports'];

/** What the program says of a network namespace: the report, whose fields are a promise. */
export async function observe(options: Observation = {}): Promise<NamespaceReport> {
  if (options.mode !== undefined) return observeIn(options.mode, options);
  const asking = await observeIn('asking', options);
  const byPorts = await observeIn('by-ports', { ...options, owners: false });
  expect(whatModesAgreeOn(byPorts), 'the census by ports alone').toEqual(whatModesAgreeOn(asking));
  return asking;
}

async function observeIn(mode: Mode, options: Observation): Promise<NamespaceReport> {
  const { top = Number.POSITIVE_INFINITY, namespace, owners = false, openSockDiag } = options;
  const handle = namespace === undefined ? undefined : openNamespace(namespace.path);
  try {
    const taken = await takeCensus({ namespace: handle, askAboutPorts: mode === 'asking', openSockDiag });
    return reportNamespace({ inode: null, name: null, holder: null }, taken, {
      top,
      findOwners: (inodes) => findKernelOwners(inodes, owners ? 60_000 : 0, null),
      timeWaitSeconds: meanTimeWaitSeconds(null),
      units: { ofProcess: () => null, ofCgroup: () => null },
    });
  } finally {
    handle?.close();
  }
}

/** All but what goes on with time: TIME_WAIT sockets grow older from one census to the next, and the order with them. */
function whatModesAgreeOn({ ports, totals, lanes }: NamespaceReport): object {
  const blockers = ports.blockers.map(({ kind, address, ports }) => ({ kind, address, ports }));
  const byName = lanes.map(({ source, destination, port, device, slots, used, live, states, pool }) => {
    return [`${source} > ${destination} ${port} ${device}`, { slots, used, live, states, pool }] as const;
  });
  return { ports: { ...ports, blockers }, totals, lanes: Object.fromEntries(byName) };
}
