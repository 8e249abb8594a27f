import { type KernelSocketCounts, readSocketCounts } from '../linux/sockstat.ts';
import { readTcpOpens } from '../linux/tcp-opens.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { Host } from './host.ts';

/** The kernel's own counts of a host's sockets: no table is walked. @throws FourtupleError FT_LAB where it tells none */
export function socketsOf(host: Host): KernelSocketCounts {
  return known(host.inside(readSocketCounts), host, '/proc/net/sockstat');
}

/** How many connections a host has begun since it was made. @throws FourtupleError FT_LAB where the kernel does not tell */
export function opensOf(host: Host): number {
  return known(host.inside(readTcpOpens), host, '/proc/net/snmp');
}

function known<T>(value: T | null, host: Host, file: string): T {
  if (value === null) throw new FourtupleError('FT_LAB', `${file} of ${host.name} cannot be read`);
  return value;
}
