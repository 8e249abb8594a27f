/** A kernel's version, as far as features are told apart by it. */
export interface KernelVersion {
  readonly major: number;
  readonly minor: number;
}

/**
 * Reads a kernel's release, as `uname -r` gives it: `6.18.44-generic`.
 *
 * @returns null where it does not start with a version
 */
export function parseKernelVersion(release: string): KernelVersion | null {
  const match = /^(\d{1,4})\.(\d{1,4})/.exec(release);
  return match === null ? null : { major: Number(match[1]), minor: Number(match[2]) };
}

/** Whether a kernel is this version or a later one; null where its version is not known. */
export function isAtLeast(kernel: KernelVersion | null, major: number, minor: number): boolean | null {
  if (kernel === null) return null;
  return kernel.major > major || (kernel.major === major && kernel.minor >= minor);
}
