import type { PortRange } from '../../tcp/port-range.ts';
import type { Host } from '../host.ts';

/** The first ports of a host's range, or all where it has no more: what is shown does not depend on how many there are. */
export function narrowRange(host: Host, { low, high }: PortRange, ports: number): PortRange {
  const narrow = { low, high: Math.min(high, low + ports - 1) };
  host.writeSetting('ipv4.ip_local_port_range', `${narrow.low} ${narrow.high}`);
  return narrow;
}
