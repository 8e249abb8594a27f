/** What the journal can tell of. */
export const CHANGE_KINDS = ['sysctl', 'sysctl.d', 'address', 'route', 'spread', 'pinned-spread'] as const;

/**
 * One change as the journal keeps it, with both values: what makes taking it back possible.
 *
 * `sysctl` is a setting of a network namespace, `sysctl.d` a line for it in the program's own file of /etc/sysctl.d, which
 * the host reads at boot. `address` is one of a link, `route` one that makes a prefix local to a link. `spread` is what eBPF
 * does with the connections of a cgroup for as long as a process of ours runs, `pinned-spread` until it is taken back.
 */
export interface RecordedChange {
  readonly kind: (typeof CHANGE_KINDS)[number];
  /**
   * A setting below `net.ipv4` (`tcp_tw_reuse`), or of `ipv6.…` below `net`; for an address or a prefix what and where
   * (`10.0.0.12/32 on eth0`); for a spread the directory of its cgroup.
   */
  readonly setting: string;
  /** What was there, in the form of {@link normalValue}; null where there was nothing (a line that is not in the file). */
  readonly from: string | null;
  /** What takes its place; null takes it out. Of an address or a route {@link ADDED}, of a spread what it does. */
  readonly to: string | null;
}

/** Whether it is a spread, for as long as a process runs or until it is taken back. */
export function isSpread({ kind }: Pick<RecordedChange, 'kind'>): boolean {
  return kind === 'spread' || kind === 'pinned-spread';
}

/** The value of what is there, and has no other. */
export const ADDED = 'added';

/** A value with the white space of the kernel's own form made one blank: `1024 65535`. */
export function normalValue(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}
