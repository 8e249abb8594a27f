/** What the journal can tell of. */
export const CHANGE_KINDS = ['sysctl', 'sysctl.d'] as const;

/**
 * One change as the journal keeps it, with both values: what makes taking it back possible.
 *
 * `sysctl` is a setting of a network namespace, `sysctl.d` a line for it in the program's own file of /etc/sysctl.d, which
 * the host reads at boot.
 */
export interface RecordedChange {
  readonly kind: (typeof CHANGE_KINDS)[number];
  /** Below `net.ipv4`: `tcp_tw_reuse`. */
  readonly setting: string;
  /** What was there, in the form of {@link normalValue}; null where there was nothing (a line that is not in the file). */
  readonly from: string | null;
  /** What takes its place; null takes the line out. */
  readonly to: string | null;
}

/** A value with the white space of the kernel's own form made one blank: `1024 65535`. */
export function normalValue(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}
