import { Census, type CensusContext } from '../../src/census/census.ts';
import { SocketScanner } from '../../src/census/scan.ts';
import { type Address, parseAddress } from '../../src/tcp/address.ts';
import { type PortRange, parsePortRange } from '../../src/tcp/port-range.ts';
import { PortSet } from '../../src/tcp/port-set.ts';
import { TcpState } from '../../src/tcp/state.ts';
import { FakeSockets, viewOf } from './fake-sockets.ts';
import { connection, type DiagSocket } from './inet-diag-encoder.ts';

/** Sockets and settings of a namespace. */
export interface Scene {
  readonly sockets: readonly DiagSocket[];
  /** `40000-40099` where left out. */
  readonly range?: PortRange;
  readonly reserved?: Iterable<number>;
  /** Bound and inactive sockets, and live ones that the kernel says are bound to their own port. */
  readonly bound?: readonly DiagSocket[];
}

export const SCENE_RANGE: PortRange = parsePortRange('40000-40099');

/** Looks at a scene as a census looks at the kernel. */
export function scanOf({ sockets, range = SCENE_RANGE, reserved = [], bound = [] }: Scene): SocketScanner {
  const scanner = new SocketScanner(range, PortSet.of(reserved));
  const source = new FakeSockets(sockets);
  scanner.addListeners(source);
  scanner.addConnections(source);
  for (const socket of bound) scanner.addBound(viewOf(socket));
  return scanner;
}

/** A census of a scene. tcp_tw_reuse is off where nothing else is said. */
export function censusOf(scene: Scene, context: Partial<CensusContext> = {}): Census {
  return censusOfScan(scanOf(scene), context);
}

export function censusOfScan(scan: SocketScanner, context: Partial<CensusContext> = {}): Census {
  return new Census(scan, {
    settings: { tcpTwReuse: 0, tcpTwReuseDelaySeconds: 1, tcpTimestamps: 1 },
    peerTimestamps: () => null,
    interfaceName: (index) => `eth${index}`,
    ...context,
  });
}

const addresses = new Map<string, Address>();

/** An address by its text; many sockets have the same. */
export function at(text: string): Address {
  const known = addresses.get(text) ?? parseAddress(text);
  addresses.set(text, known);
  return known;
}

/** Connections of one lane, one for each local port: `lane('10.0.0.5', '10.0.1.9', 80, [40000, 40001])`. */
export function lane(
  source: string,
  destination: string,
  port: number,
  localPorts: Iterable<number>,
  more: Partial<DiagSocket> & { readonly leftMs?: number } = {},
): DiagSocket[] {
  const [from, to] = [at(source), at(destination)];
  return Array.from(localPorts, (localPort) => connection([from, localPort], [to, port], more));
}

/** A socket that listens. */
export function listener(address: string, localPort: number, more: Partial<DiagSocket> = {}): DiagSocket {
  return {
    state: TcpState.LISTEN,
    local: at(address),
    localPort,
    remote: at('::'),
    remotePort: 0,
    family: familyOf(address),
    ...more,
  };
}

/** A socket that is bound and does nothing. */
export function idle(address: string, localPort: number, more: Partial<DiagSocket> = {}): DiagSocket {
  return { ...listener(address, localPort, more), state: TcpState.BOUND_INACTIVE };
}

/** Every port from one to another, both included, `step` apart. */
export function ports(low: number, high: number, step = 1): number[] {
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, index) => low + index * step);
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
