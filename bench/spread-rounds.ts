import { encodeSocketAddress } from '../src/linux/socket-address.ts';
import type { LoadedSpread } from '../src/linux/spread-object.ts';
import { TcpSocket } from '../src/linux/tcp-socket.ts';
import { parseAddress } from '../src/tcp/address.ts';
import type { Endpoint } from '../src/tcp/endpoint.ts';
import { lowerQuartile } from './statistics.ts';

/** What is attached while connections are opened. */
export interface Arm {
  readonly name: string;
  /** Already in the kernel; null for nothing. */
  readonly loaded: LoadedSpread | null;
  /** Whether it is meant for the connections that are opened. */
  readonly matches: boolean;
}

/** Where the load runs. */
export interface Site {
  /** Of the cgroup that this process is in. */
  readonly directory: string;
  /** What is connected to. */
  readonly destination: Endpoint;
  /** At that port of all addresses. */
  readonly listener: TcpSocket;
}

/** So many connections in a row are timed as one; the lower quartile of so many is what a turn took. */
const CONNECTIONS = 20;
const CHUNKS = 20;
/** Of each turn. */
const WARM_UPS = 100;

/**
 * Attaches what an arm says, opens connections, and detaches it.
 *
 * @returns microseconds for each connection
 * @throws where the program did not do what it is timed for
 */
export function timeTurn(site: Site, { name, loaded, matches }: Arm): number {
  const before = loaded?.maps.readCounts().spread ?? 0;
  const links = loaded?.attach(site.directory) ?? [];
  try {
    const measured = timeConnections(site);
    const spread = (loaded?.maps.readCounts().spread ?? 0) - before;
    const expected = matches ? WARM_UPS + CHUNKS * CONNECTIONS : 0;
    if (spread !== expected) throw new Error(`${name}: ${spread} connections were spread, and not ${expected}`);
    return measured;
  } finally {
    for (const link of links) link.close();
  }
}

function timeConnections({ destination: { address, port }, listener }: Site): number {
  const to = encodeSocketAddress(parseAddress(address), port);
  connectAndClose(to, listener, WARM_UPS);
  const chunks: number[] = [];
  for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
    const start = performance.now();
    connectAndClose(to, listener, CONNECTIONS);
    chunks.push(((performance.now() - start) * 1_000) / CONNECTIONS);
  }
  return lowerQuartile(chunks);
}

function connectAndClose(to: Uint8Array, listener: TcpSocket, times: number): void {
  for (let left = times; left > 0; left -= 1) {
    const client = TcpSocket.open(to);
    const failure = client.connect(to);
    if (failure !== null) throw new Error(`connect: ${failure}`);
    const server = listener.accept();
    client.close();
    server.awaitEnd();
    server.close();
  }
}
