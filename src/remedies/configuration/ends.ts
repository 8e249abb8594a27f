import type { LaneFacts } from '../remedy.ts';

/** What a configuration must know of a lane. */
export type LaneEnds = Pick<LaneFacts, 'source' | 'destination' | 'port'>;

/** Where connections go. */
export interface Destination {
  readonly address: string;
  /** Its number, or what must be filled in. */
  readonly port: string;
}

/** Where a lane's connections go; the port must be filled in where a finding is about no lane. */
export function destinationOf({ destination, port }: LaneEnds): Destination {
  return { address: destination, port: port === 0 ? 'PORT' : String(port) };
}

/** `10.0.1.9:8080`, `[2001:db8::9]:8080`: what nginx, HAProxy, URLs and ss take. */
export function endpointText({ address, port }: Destination): string {
  return `${bracketed(address)}:${port}`;
}

/** IPv6 addresses in the brackets that keep them apart from a port. */
export function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** One more address of the same kind: all of 127.0.0.0/8 is there already, any other must be filled in. */
export function anotherAddress(address: string): string {
  const loopback = /^(127\.\d+\.\d+)\.(\d+)$/.exec(address);
  return loopback === null ? 'NEW_ADDRESS' : `${loopback[1]}.${(Number(loopback[2]) % 254) + 1}`;
}
