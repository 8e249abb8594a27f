import { isAtLeast } from './kernel-version.ts';
import type { Machine } from './machine.ts';
import type { Missing } from './remedy.ts';

/**
 * What lacks where the kernel is older than a version; nothing where its version is not known.
 *
 * @param what what the version is needed for: `an IP_LOCAL_PORT_RANGE that ends the cliff`
 */
export function missingKernel({ kernel }: Machine, major: number, minor: number, what: string): Missing[] {
  if (kernel === null || isAtLeast(kernel, major, minor) !== false) return [];
  return [{ kind: 'kernel', text: `${what} needs Linux ${major}.${minor}, this is ${kernel.major}.${kernel.minor}` }];
}

/**
 * What lacks where this process may not load programs into the kernel (`bpf_capable()`: CAP_BPF, or CAP_SYS_ADMIN in its
 * place); nothing where that is not known.
 */
export function missingBpf({ capabilities }: Machine, what: string): Missing[] {
  if (capabilities === null || capabilities.has('CAP_BPF') || capabilities.has('CAP_SYS_ADMIN')) return [];
  return [{ kind: 'privilege', text: `${what} needs root (CAP_BPF), which this process does not have` }];
}

/** What lacks where this process may not change the network; nothing where that is not known. */
export function missingNetAdmin({ capabilities }: Machine, what: string): Missing[] {
  if (capabilities === null || capabilities.has('CAP_NET_ADMIN')) return [];
  return [{ kind: 'privilege', text: `${what} needs root (CAP_NET_ADMIN), which this process does not have` }];
}
