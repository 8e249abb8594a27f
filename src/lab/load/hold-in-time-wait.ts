import { setImmediate as turn } from 'node:timers/promises';
import { encodeSocketAddress } from '../../linux/socket-address.ts';
import { TcpSocket } from '../../linux/tcp-socket.ts';
import { parseAddress } from '../../tcp/address.ts';
import { FourtupleError } from '../../tcp/error.ts';
import type { Host } from '../host.ts';

/** After so many, servers of this process are given time to close their ends. */
const BATCH = 50;
/** The most of IP_LOCAL_PORT_RANGE: connect() searches the range in one pass, and is as fast for the last slots as for the first. */
const EVERY_PORT = [0, 65_535] as const;

/**
 * Opens connections to a server of this process and closes them, this end first: so many slots of the lane are then held
 * in TIME_WAIT.
 */
export async function holdInTimeWait(host: Host, address: string, port: number, count: number): Promise<void> {
  const destination = encodeSocketAddress(parseAddress(address), port);
  for (let left = count; left > 0; left -= BATCH) {
    host.inside(() => {
      for (let one = 0; one < Math.min(BATCH, left); one += 1) openAndClose(destination);
    });
    await turn();
  }
}

function openAndClose(destination: Uint8Array): void {
  const socket = TcpSocket.open(destination).localPortRange(...EVERY_PORT);
  const failure = socket.connect(destination);
  socket.close();
  if (failure !== null) throw new FourtupleError('FT_KERNEL', `connect: ${failure}`);
}
