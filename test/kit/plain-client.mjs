// A client that knows nothing of what is tested: each line of its input says what to do, each of its output what came of it.

import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/** @type {import('node:net').Socket[]} */
const open = [];

/**
 * One after the other, until so many are open or one fails.
 * @param {import('node:net').TcpNetConnectOpts & { count: number }} wanted
 */
async function openConnections({ count, ...options }) {
  /** @type {Record<string, number>} */
  const sources = {};
  /** @type {Record<string, number>} */
  const peers = {};
  /** @type {number[]} */
  const openedAt = [];
  for (let opened = 0; opened < count; opened += 1) {
    const socket = connect(options);
    const failure = await settled(socket);
    if (failure !== null) return { opened, failure, sources, peers, openedAt, endedAt: milliseconds() };
    openedAt.push(milliseconds());
    // What the other end does in the end is of no interest.
    socket.on('error', () => {});
    open.push(socket);
    const [source, peer] = [`${socket.localAddress}`, `${socket.remoteAddress}:${socket.remotePort}`];
    sources[source] = (sources[source] ?? 0) + 1;
    peers[peer] = (peers[peer] ?? 0) + 1;
  }
  return { opened: count, failure: null, sources, peers, openedAt, endedAt: milliseconds() };
}

/** Of a clock that all processes have. */
function milliseconds() {
  return Number(process.hrtime.bigint()) / 1e6;
}

/**
 * @param {import('node:net').Socket} socket
 * @returns {Promise<string | null>}
 */
function settled(socket) {
  return new Promise((resolve) => {
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(null);
    });
    socket.once('error', (error) => resolve('code' in error ? `${error.code}` : error.message));
  });
}

/** Closes first, and waits until the other end has done so too. */
async function closeConnections() {
  const closing = open.splice(0);
  await Promise.all(
    closing.map((socket) => {
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.resume();
      socket.end();
      return closed;
    }),
  );
  return { closed: closing.length };
}

/** @param {{ host: string, port: number }} to */
async function connectDatagrams({ host, port }) {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  await new Promise((resolve) => socket.connect(port, host, () => resolve(undefined)));
  const { address: source } = socket.address();
  const { address, port: peerPort } = socket.remoteAddress();
  socket.close();
  return { source, peer: `${address}:${peerPort}` };
}

/** @param {any} question */
function answer({ command, ...options }) {
  if (command === 'open') return openConnections(options);
  return command === 'close' ? closeConnections() : connectDatagrams(options);
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
