/** A change as data: what makes applying and undoing one mechanism for all remedies. */
export interface Change {
  readonly kind: 'sysctl';
  /** Below `net.ipv4`: `tcp_tw_reuse`. */
  readonly setting: string;
  /** As the kernel takes it: `1`, `1024 65535`. */
  readonly value: string;
}
