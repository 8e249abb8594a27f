import { readSync, writeSync } from 'node:fs';
import { FourtupleError } from '../../tcp/error.ts';
import type { Connection } from './keep.ts';

/**
 * Sends data from the clients to the servers, on all connections at once, and waits until all of it has arrived: the kernel
 * sends again what was lost.
 *
 * @param bytes on each connection, a round; no more than the other end takes before it reads
 * @throws FourtupleError FT_LAB where a connection ends before
 */
export function talk(connections: readonly Connection[], rounds: number, bytes: number): void {
  const data = new Uint8Array(bytes);
  for (let round = 0; round < rounds; round += 1) {
    for (const { client } of connections) writeSync(client.fd, data);
    for (const { server } of connections) receive(server.fd, data);
  }
}

function receive(fd: number, into: Uint8Array): void {
  for (let left = into.length; left > 0; ) {
    const received = readSync(fd, into, 0, left, null);
    if (received === 0) throw new FourtupleError('FT_LAB', 'a connection ended before its data had arrived');
    left -= received;
  }
}
