import type { LaneJson, NamespaceJson } from '../agent/json.ts';

/** What names a lane on this machine. */
export interface LaneName {
  readonly namespace: string;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly device: string | null;
}

/** How a namespace is called: its name, else its inode. */
export function namespaceLabel({ name, inode }: Pick<NamespaceJson, 'name' | 'inode'>): string {
  return name ?? (inode === null ? 'unnamed' : `net:[${inode}]`);
}

export function nameLane(namespace: string, { source, destination, port, device }: LaneJson): LaneName {
  return { namespace, source, destination, port, device };
}

/** `10.0.1.9:8080`, `[2001:db8::1]:443` */
export function formatEndpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** As the command line takes it: `10.0.0.5>10.0.1.9:8080`. */
export function formatLane({ source, destination, port }: Pick<LaneName, 'source' | 'destination' | 'port'>): string {
  return `${source}>${formatEndpoint(destination, port)}`;
}

/** @returns null for what {@link formatLane} does not write */
export function parseLane(text: string): Pick<LaneName, 'source' | 'destination' | 'port'> | null {
  const found = /^([^>]+)>(?:\[([^\]]+)\]|([^:>]+)):(\d{1,5})$/.exec(text);
  if (found === null) return null;
  const [, source = '', bracketed, plain, port = ''] = found;
  return { source, destination: bracketed ?? plain ?? '', port: Number(port) };
}

/** Tells lanes apart, those of other namespaces and devices too. */
export function laneKey(name: LaneName): string {
  return `${name.namespace}\n${name.device ?? ''}\n${formatLane(name)}`;
}
