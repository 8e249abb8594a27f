import type { Host } from '../host.ts';
import { addAddress, removeAddress } from '../links.ts';
import { fillWithTimeWait } from './fill.ts';
import { type Endpoint, Server, Way } from './way.ts';

/**
 * Has slots of a lane held in TIME_WAIT, the client's end, in a moment: what they were connected to was the client's own
 * host, which had the server's address for as long.
 */
export function holdInTimeWait(client: Host, from: string, { address, port }: Endpoint, count: number): void {
  if (count === 0) return;
  addAddress(client, 'lo', address);
  const server = new Server(client, address, port);
  fillWithTimeWait(client, new Way(server, { from, isInOnePass: true }), count);
  server.listener.close();
  removeAddress(client, 'lo', address);
}
