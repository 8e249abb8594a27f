import { encodeSocketAddress } from '../src/linux/socket-address.ts';
import { attachSpread, detachSpread, findSpread } from '../src/linux/spread-program.ts';
import { TcpSocket } from '../src/linux/tcp-socket.ts';
import { parseAddress } from '../src/tcp/address.ts';
import type { Endpoint, Spread } from '../src/tcp/spread.ts';
import { median } from './statistics.ts';

/** What is attached while connections are opened; nothing where its spread is null. */
export interface Arm {
  readonly name: string;
  readonly spread: Spread | null;
}

/** Where the load runs. */
export interface Site {
  /** Of the cgroup that this process is in. */
  readonly directory: string;
  readonly netnsCookie: bigint;
  /** What is connected to. */
  readonly destination: Endpoint;
  /** At that port of all addresses. */
  readonly listener: TcpSocket;
}

/** So many connections in a row are timed as one; the median of so many is what a turn took. */
const CONNECTIONS = 50;
const CHUNKS = 60;
/** Of each turn. */
const WARM_UPS = 500;

/**
 * Attaches what an arm says, opens connections, and detaches it.
 *
 * @returns microseconds for each connection
 * @throws where the program did not do what it is timed for
 */
export function timeTurn(site: Site, { name, spread }: Arm): number {
  if (spread === null) return timeConnections(site);
  const { directory, netnsCookie } = site;
  attachSpread(spread, directory, false, netnsCookie);
  try {
    const found = findSpread(directory);
    if (found === null) throw new Error(`${name}: it is not attached`);
    try {
      found.maps.enable();
      const measured = timeConnections(site);
      const expected = matches(spread, site.destination) ? WARM_UPS + CHUNKS * CONNECTIONS : 0;
      const { spread: counted } = found.maps.readCounts();
      if (counted !== expected) throw new Error(`${name}: ${counted} connections were spread, and not ${expected}`);
      return measured;
    } finally {
      found.maps.close();
    }
  } finally {
    detachSpread(directory);
  }
}

function matches(spread: Spread, { address, port }: Endpoint): boolean {
  const asked = spread.kind === 'sources' ? spread.to : [spread.from];
  return asked.some((rule) => rule.address === address && rule.port === port);
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
  return median(chunks);
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
