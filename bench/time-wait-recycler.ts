import { constants } from 'node:os';
import { encodeExactQuery, type FourTuple } from '../src/linux/inet-diag-request.ts';
import { Netlink } from '../src/linux/netlink.ts';
import { openNetlink } from '../src/linux/netlink-transport.ts';
import { SockDiag } from '../src/linux/sock-diag.ts';
import type { Address } from '../src/tcp/address.ts';
import { stateMask, TcpState } from '../src/tcp/state.ts';
import { LINUX_TIME_WAIT_MS } from '../src/tcp/time-wait.ts';

const NETLINK_SOCK_DIAG = 4;
const SOCK_DESTROY = 21;
const NLM_F_ACK = 0x004;
/** Acknowledged, or gone meanwhile. */
const DONE = [0, constants.errno.ENOENT];

/**
 * Destroys the old TIME_WAIT sockets of the current network namespace, again and again.
 *
 * @returns ends it
 */
export function recycleEvery(intervalSeconds: number, ageSeconds: number): () => void {
  const list = SockDiag.open();
  const netlink = new Netlink(openNetlink(NETLINK_SOCK_DIAG, 'destroy TCP sockets'));
  const timer = setInterval(() => {
    for (const tuple of oldTimeWait(list, ageSeconds)) destroy(netlink, tuple);
  }, 1_000 * intervalSeconds);
  return () => {
    clearInterval(timer);
    list.close();
    netlink.close();
  };
}

function oldTimeWait(list: SockDiag, ageSeconds: number): FourTuple[] {
  const found: FourTuple[] = [];
  const words = new Uint32Array(8);
  list.forEachSocket({ states: stateMask(TcpState.TIME_WAIT) }, (socket) => {
    if (LINUX_TIME_WAIT_MS - socket.timeWaitLeftMs < 1_000 * ageSeconds) return;
    socket.copyAddresses(words);
    found.push({
      source: [...words.slice(0, 4)] as unknown as Address,
      sourcePort: socket.localPort,
      destination: [...words.slice(4)] as unknown as Address,
      destinationPort: socket.remotePort,
      interfaceIndex: socket.interfaceIndex,
    });
  });
  return found;
}

function destroy(netlink: Netlink, tuple: FourTuple): void {
  const request = encodeExactQuery(tuple);
  const header = new DataView(request.buffer);
  header.setUint16(4, SOCK_DESTROY, true);
  header.setUint16(6, header.getUint16(6, true) | NLM_F_ACK, true);
  netlink.query(request, 'destroy a TIME_WAIT socket', DONE, () => {});
}
