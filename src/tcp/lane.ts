/**
 * Source IP, destination IP and destination port in one network namespace: the three elements of the 4-tuple that are
 * fixed for a client. A lane holds one slot per usable port.
 */
export interface Lane {
  /** Canonical text (RFC 5952); a link-local address has its zone: `fe80::1%eth0`. */
  readonly source: string;
  readonly destination: string;
  /** The destination's port. */
  readonly port: number;
  /**
   * The interface that its sockets are bound to (SO_BINDTODEVICE, a VRF, or the zone of a link-local address), null for
   * none: the kernel keeps them apart (`inet_match()`). Its name, or its index where no name is known.
   */
  readonly device: string | null;
}

/**
 * An address and a port as people write them: `10.0.1.9:8080`, `[2001:db8::9]:8080`; ranges of them too:
 * `10.0.1.9-10.0.1.12:8080`, `10.0.1.9:8080-8083`.
 */
export function formatEndpoint(address: string, port: number | string): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** A lane as people write it: `10.0.0.5>10.0.1.9:8080`. */
export function formatLane(lane: Pick<Lane, 'source' | 'destination' | 'port'>): string {
  return `${lane.source}>${formatEndpoint(lane.destination, lane.port)}`;
}
