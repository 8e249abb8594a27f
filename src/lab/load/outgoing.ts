import { Socket } from 'node:net';
import { TcpSocket } from '../../linux/tcp-socket.ts';
import { FourtupleError } from '../../tcp/error.ts';

/**
 * Connects, without waiting for it, and hands the connection over to Node: it is written to when it is there.
 *
 * @param socket one that does not block
 * @param allowHalfOpen whether this end is to be closed by itself
 * @returns null where no port is left
 * @throws FourtupleError FT_KERNEL where it is refused for another reason
 */
export function connectForNode(socket: TcpSocket, destination: Uint8Array, allowHalfOpen = false): Socket | null {
  const failure = socket.connect(destination);
  if (failure === null || failure === 'EINPROGRESS') return new Socket({ fd: socket.fd, allowHalfOpen });
  socket.close();
  if (failure === 'EADDRNOTAVAIL') return null;
  throw new FourtupleError('FT_KERNEL', `connect: ${failure}`);
}

/**
 * A socket that does not block, in the namespace that the thread is in.
 *
 * @param source the address to connect from, and its port left to connect(); null for neither
 */
export function openOutgoing(destination: Uint8Array, source: Uint8Array | null = null): TcpSocket {
  const socket = TcpSocket.open(destination, { blocking: false });
  if (source === null) return socket;
  const failure = socket.bindAddressNoPort().bind(source);
  if (failure === null) return socket;
  socket.close();
  throw new FourtupleError('FT_KERNEL', `bind: ${failure}`);
}
