// Serves at 127.0.0.1, PORT, and closes what its clients have closed. Says `ready` to its parent, and ends with it.

import { createServer } from 'node:net';

process.on('disconnect', () => process.exit());
process.on('SIGINT', () => {});

createServer((socket) => socket.on('error', () => {}).resume()).listen(
  { host: '127.0.0.1', port: Number(process.argv[2]), backlog: 4_096 },
  () => process.send?.('ready'),
);
