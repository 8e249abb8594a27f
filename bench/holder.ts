// A process that holds connections with itself: INDEX PAIRS few|many. Says `ready` to its parent, and ends with it.

import { NativeSocket } from '../test/kit/native-socket.ts';
import { AF_INET, encodeSocketAddress } from '../test/kit/socket-address.ts';

const [index = 0, pairs = 0] = process.argv.slice(2, 4).map(Number);
const everyOneALane = process.argv[4] === 'many';

process.on('disconnect', () => process.exit());
// A terminal's Ctrl-C reaches the parent too, which ends this process.
process.on('SIGINT', () => {});

const port = 10_000 + index;
const listener = NativeSocket.open(AF_INET).bind('0.0.0.0', port).listen();
for (let pair = 0; pair < pairs; pair += 1) {
  // With a reset at the end nothing is left in TIME_WAIT for the next case.
  const client = NativeSocket.open(AF_INET).resetOnClose();
  const failure = client.tryConnect(
    encodeSocketAddress(everyOneALane ? laneAddress(index * pairs + pair) : '127.0.0.1', port),
  );
  if (failure !== undefined) throw new Error(`connection ${pair} of process ${index}: ${failure}`);
  listener.accept();
}
process.send?.('ready');

/** An address of 127.0.0.0/8 for each number up to four million. */
function laneAddress(number: number): string {
  return `127.${1 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
}
