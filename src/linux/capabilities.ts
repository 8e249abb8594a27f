import { readFileSync } from 'node:fs';

/** The capabilities that something here needs, by their numbers in linux/capability.h. */
const NUMBERS = {
  CAP_DAC_READ_SEARCH: 2,
  CAP_NET_ADMIN: 12,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;

export type Capability = keyof typeof NUMBERS;

/**
 * Whether this process has a capability in effect now (capabilities(7)). It holds within this process's user namespace:
 * root of a container can have CAP_SYS_ADMIN, and yet may not enter the host's network namespace.
 *
 * @returns null where /proc does not tell
 */
export function hasCapability(capability: Capability): boolean | null {
  try {
    return holdsCapability(readFileSync('/proc/thread-self/status', 'latin1'), capability);
  } catch {
    return null;
  }
}

/**
 * Whether the `CapEff` line of a process's status holds a capability (proc_pid_status(5)).
 *
 * @returns null where the text has no such line
 */
export function holdsCapability(status: string, capability: Capability): boolean | null {
  const mask = /^CapEff:\s*([0-9a-f]{1,16})$/m.exec(status)?.[1];
  return mask === undefined ? null : ((BigInt(`0x${mask}`) >> BigInt(NUMBERS[capability])) & 1n) === 1n;
}
