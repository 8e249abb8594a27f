import { InodeTable } from '../linux/inode-table.ts';
import { findSocketOwners, type SocketOwnerSearch } from '../linux/socket-owners.ts';
import type { FoundOwners } from './owners.ts';

/**
 * Searches the machine's processes for the holders of sockets.
 *
 * @param inodes whose holders are wanted, the most important first
 * @param budgetMs when to give up; 0 does not search at all
 * @param namespace the inode of the sockets' network namespace: its processes are asked first
 */
export function findKernelOwners(inodes: Iterable<number>, budgetMs: number, namespace: number | null): FoundOwners {
  const nobody = { of: () => [], stopped: null, refused: null };
  if (budgetMs <= 0) return { ...nobody, stopped: 'Owners were not searched for (--owners 0).' };
  const wanted = InodeTable.of(inodes);
  if (wanted.size === 0) return nobody;
  const search = findSocketOwners(wanted, budgetMs, () => performance.now(), namespace);
  return {
    of: (inode) => search.owners.ownersOf(inode),
    stopped: describeStop(search, wanted.size),
    refused: describeRefusal(search),
  };
}

function describeStop(search: SocketOwnerSearch, wanted: number): string | null {
  if (search.complete) return null;
  const { owners, processesRead, processesTotal, elapsedMs } = search;
  return `The search for owners stopped after ${Math.round(elapsedMs)} ms, with ${owners.found} of ${wanted} sockets found and ${processesRead} of ${processesTotal} processes read: --owners 5s searches longer.`;
}

function describeRefusal({ refused, processesTotal }: SocketOwnerSearch): string | null {
  if (refused === 0) return null;
  return `Some owners are not known: ${refused} of ${processesTotal} processes may not be looked into without CAP_SYS_PTRACE (root has it).`;
}
