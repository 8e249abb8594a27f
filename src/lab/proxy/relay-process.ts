import { createServer, type Socket } from 'node:net';
import { encodeSocketAddress } from '../../linux/socket-address.ts';
import { parseAddress } from '../../tcp/address.ts';
import { connectForNode, openOutgoing } from '../load/outgoing.ts';
import type { ProxyLane, ProxyTask } from './proxy-program.ts';
import { NO_PORT } from './relay.ts';

/** A lane as calls take it. */
interface Ends {
  readonly source: Uint8Array | null;
  readonly destination: Uint8Array;
}

/** Passes connections on, for as long as this process runs. */
export function runRelay({ address, port, lanes }: ProxyTask): void {
  const ways = lanes.map(endsOf);
  let next = 0;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const { source, destination } = ways[next] as Ends;
    next = (next + 1) % ways.length;
    const backend = connectForNode(openOutgoing(destination, source), destination, true);
    if (backend === null) {
      process.stdout.write(`${NO_PORT}\n`);
      client.destroy();
    } else {
      joinEnds(client, backend);
    }
  });
  server.listen({ host: address, port, backlog: 4_096 });
}

/** What one end closes is closed at the other: whoever closes first does so here too. */
function joinEnds(client: Socket, backend: Socket): void {
  client.on('error', () => backend.destroy());
  backend.on('error', () => client.destroy());
  client.pipe(backend).pipe(client);
}

function endsOf({ source, destination, port }: ProxyLane): Ends {
  return {
    source: source === null ? null : encodeSocketAddress(parseAddress(source), 0),
    destination: encodeSocketAddress(parseAddress(destination), port),
  };
}
