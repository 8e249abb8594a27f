import type { Host } from '../host.ts';
import { closeInOrder } from './fill.ts';
import type { HttpBackend } from './http-backend.ts';
import { Server, Way } from './way.ts';

/** Has slots of a lane to a backend held in TIME_WAIT: connections that the client closes first. The backend pauses. */
export async function holdInTimeWait(client: Host, backend: HttpBackend, count: number): Promise<void> {
  if (count === 0) return;
  await backend.stop();
  // Nothing is to be scheduled for it: it is as fast as the kernel.
  const server = new Server(backend.host, backend.address, backend.port);
  const way = new Way(server, { isInOnePass: true });
  client.inside(() => {
    for (let left = count; left > 0; left -= 1) {
      const socket = way.connect();
      if (socket === null) break;
      closeInOrder(socket, server.listener.accept());
    }
  });
  server.listener.close();
  await backend.start();
}
