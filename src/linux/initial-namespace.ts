import { existsSync } from 'node:fs';
import { AT_FDCWD, PID_NAMESPACE_LINK, readInodeLink } from './inode-link.ts';
import { readNetworkNamespace } from './processes.ts';

/** `NET_NS_INIT_INO` of linux/nsfs.h, Linux 6.18. Older kernels give it to nothing: theirs are 0xF0000000 and above. */
const INITIAL_NETWORK_NAMESPACE = 0xeffffff9;
/** `PID_NS_INIT_INO`, the same since Linux 3.8. */
export const INITIAL_PID_NAMESPACE = 0xeffffffc;
/** PIDs in the initial PID namespace. */
export const INIT = 1;
export const KERNEL_THREADS = 2;

/** Of `net_core_table` of net/core/sysctl_net_core.c, which only the initial namespace has. */
const INITIAL_ONLY_SETTING = '/proc/sys/net/core/netdev_max_backlog';

/**
 * The inode of the host's network namespace, the one that the kernel started with.
 *
 * @param own the inode of the network namespace that the calling thread is in
 * @param others inodes of other network namespaces that are known
 * @returns null where it cannot be known: in a container, as a rule
 */
export function initialNamespaceInode(own: number, others: Iterable<number>): number | null {
  for (const inode of [own, ...others]) if (inode === INITIAL_NETWORK_NAMESPACE) return inode;
  if (existsSync(INITIAL_ONLY_SETTING)) return own;
  if (readInodeLink(AT_FDCWD, '/proc/self/ns/pid', PID_NAMESPACE_LINK) !== INITIAL_PID_NAMESPACE) return null;
  // Kernel threads never leave it; where another user's links may not be read, neither may init's.
  return readNetworkNamespace(KERNEL_THREADS) ?? readNetworkNamespace(INIT) ?? null;
}
