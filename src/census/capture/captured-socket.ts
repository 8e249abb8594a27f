import type { SocketView } from '../../linux/socket-source.ts';
import { TcpState } from '../../tcp/state.ts';

/** The socket of one line of a capture, overwritten by the next one. */
export class CapturedSocket implements SocketView {
  state: TcpState = TcpState.CLOSE;
  isTimeWait = false;
  localPort = 0;
  remotePort = 0;
  interfaceIndex = 0;
  timeWaitLeftMs = -1;
  inode = 0;
  ipv6Only: boolean | undefined = undefined;
  readonly bindAddressNoPort = undefined;
  readonly cgroupId = 0;
  /** Source and destination address, four words each. */
  readonly addresses: Uint32Array = new Uint32Array(8);

  copyAddresses(into: Uint32Array): void {
    into.set(this.addresses);
  }
}

/** Whether ports and state fit each other: a listener has no other end, a connection has two ports. */
export function isSound(socket: SocketView): boolean {
  switch (socket.state) {
    case TcpState.CLOSE:
      return true;
    case TcpState.LISTEN:
    case TcpState.BOUND_INACTIVE:
      return socket.localPort > 0 && socket.remotePort === 0;
    default:
      return socket.localPort > 0 && socket.remotePort > 0;
  }
}

/** What ss and netstat tell behind addresses and state, as far as it decides what is a time-wait minisock. */
export interface TimerAndInode {
  /** `timewait` in both; undefined for none told. */
  readonly timer: string | undefined;
  /** Milliseconds, -1 where not known. */
  readonly leftMs: number;
  /** -1 where none is told, 0 where the socket has no file. */
  readonly inode: number;
}

/**
 * Sets whether a socket is a time-wait minisock, and when that ends. FIN_WAIT2 is one where the timer says so; where no
 * timers were asked for, where it has no file; and counts as live where neither is told.
 */
export function setTimeWait(socket: CapturedSocket, { timer, leftMs, inode }: TimerAndInode): void {
  const hasTimer = timer === 'timewait';
  const isOrphan = hasTimer || (timer === undefined && inode === 0);
  socket.isTimeWait = socket.state === TcpState.TIME_WAIT || (socket.state === TcpState.FIN_WAIT2 && isOrphan);
  socket.timeWaitLeftMs = socket.isTimeWait && hasTimer ? leftMs : -1;
}
