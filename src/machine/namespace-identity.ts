import { release } from 'node:os';
import type { NamespaceIdentity } from '../diagnosis/examine-namespace.ts';
import { type MachineIdentity, ownCapabilities } from '../diagnosis/machine.ts';
import { type NamespaceEntry, openListedNamespace } from '../linux/namespace-list.ts';
import { inNamespace, type NamespaceHandle, ownNamespaceInode } from '../linux/network-namespace.ts';
import { readSysctl } from '../linux/sysctl.ts';
import { ticksPerSecond } from '../linux/timer-tick.ts';
import { FourtupleError } from '../tcp/error.ts';
import { type PortRange, parsePortRange } from '../tcp/port-range.ts';

export const OWN_NAMESPACE = '/proc/thread-self/ns/net';
/** The name that the list of namespaces gives to the one that the kernel started with. */
export const HOST = 'host';

/** What the list of namespaces knows of one. */
export type KnownNamespace = Pick<NamespaceEntry, 'name' | 'holder' | 'references'>;

/** What the list knows of an open namespace: nothing where an open file alone keeps it. */
export function entryOf(handle: NamespaceHandle, listed: readonly NamespaceEntry[]): KnownNamespace {
  return listed.find(({ inode }) => inode === handle.inode) ?? { name: null, holder: null, references: [] };
}

export function identityOf(
  handle: NamespaceHandle,
  { name, holder, references }: KnownNamespace,
  kernel: KernelFacts,
): NamespaceIdentity {
  return {
    ...{ inode: handle.inode, name, holder, isOwn: handle.inode === ownNamespaceInode() },
    path: references.find((reference) => !reference.startsWith('/proc/')) ?? null,
    ...kernel,
  };
}

/** What is the same in all namespaces. */
export type KernelFacts = Pick<MachineIdentity, 'kernel' | 'ticksPerSecond' | 'capabilities'>;

export function kernelFacts(): KernelFacts {
  return { kernel: release(), ticksPerSecond: ticksPerSecond(), capabilities: ownCapabilities() };
}

/** The ephemeral range of the host's namespace; null where it cannot be entered, or is not known. */
export function hostRange(namespaces: readonly NamespaceEntry[]): PortRange | null {
  const entry = namespaces.find(({ name }) => name === HOST);
  if (entry === undefined) return null;
  try {
    const handle = openListedNamespace(entry);
    try {
      const text = inNamespace(handle, () => readSysctl('ip_local_port_range'));
      return text === null ? null : parsePortRange(text);
    } finally {
      handle.close();
    }
  } catch (error) {
    if (!(error instanceof FourtupleError)) throw error;
    return null;
  }
}
