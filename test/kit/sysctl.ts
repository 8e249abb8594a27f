import { readFileSync, writeFileSync } from 'node:fs';

/** Reads a setting of the current namespace by its name below `net.`: `ipv4.tcp_tw_reuse`. */
export function readSysctl(name: string): string {
  return readFileSync(fileOf(name), 'utf8').trim();
}

/** Sets a setting of the current namespace. */
export function writeSysctl(name: string, value: string | number): void {
  writeFileSync(fileOf(name), `${value}`);
}

/** Sets the ephemeral range. */
export function setPortRange(low: number, high: number): void {
  writeSysctl('ipv4.ip_local_port_range', `${low} ${high}`);
}

/** Reserves ports, in place of those reserved before. */
export function reservePorts(list: string): void {
  // An empty write never reaches the kernel.
  writeSysctl('ipv4.ip_local_reserved_ports', `${list}\n`);
}

function fileOf(name: string): string {
  return `/proc/sys/net/${name.replaceAll('.', '/')}`;
}
