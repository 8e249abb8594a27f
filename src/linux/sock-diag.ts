import { constants } from 'node:os';
import type { PortRange } from '../tcp/port-range.ts';
import { CONNECTED_STATES, stateMask, TcpState } from '../tcp/state.ts';
import { boundPortFilter, localPortFilter, NO_FILTER } from './inet-diag-filter.ts';
import { AF_INET, AF_INET6, InetDiagView } from './inet-diag-message.ts';
import { encodeDumpOfAll, encodeDumpOfFamily, encodeExactQuery, type FourTuple } from './inet-diag-request.ts';
import { type MessageVisitor, Netlink } from './netlink.ts';
import { NetlinkError } from './netlink-error.ts';
import { type NetlinkTransport, openNetlink } from './netlink-transport.ts';
import type { SocketFilter, SocketSource, SocketView } from './socket-source.ts';

const NETLINK_SOCK_DIAG = 4;
const OPERATION = 'list TCP sockets';
const BOUND_OR_LIVE = (CONNECTED_STATES & ~stateMask(TcpState.TIME_WAIT)) | stateMask(TcpState.BOUND_INACTIVE);
const { EINVAL, ENOENT, EOPNOTSUPP } = constants.errno;
/** How a kernel says that it does not know the request for all families at once. */
const UNKNOWN_REQUEST: readonly number[] = [EINVAL, ENOENT, EOPNOTSUPP];

type Visit = (socket: SocketView) => void;

/**
 * The TCP sockets of one network namespace, from the kernel's own tables (NETLINK_SOCK_DIAG, net/ipv4/inet_diag.c). No
 * privilege is needed. A dump is not a snapshot: a socket that opens or closes meanwhile may be missed or seen twice.
 */
export class SockDiag implements SocketSource {
  readonly name = 'sock_diag';
  readonly #open: () => NetlinkTransport;
  readonly #netlink: Netlink;
  readonly #view = new InetDiagView();

  /** @param open makes a netlink socket; called at once, and again where a second conversation runs beside the first. */
  constructor(open: () => NetlinkTransport) {
    this.#open = open;
    this.#netlink = new Netlink(open());
  }

  /**
   * For the network namespace that the calling thread is in.
   *
   * @throws FourtupleError FT_UNSUPPORTED where there is no sock_diag, or a sandbox refuses it
   */
  static open(): SockDiag {
    return new SockDiag(() => openNetlink(NETLINK_SOCK_DIAG, OPERATION));
  }

  /** Seconds spent inside the kernel so far. */
  get kernelSeconds(): number {
    return this.#netlink.kernelSeconds;
  }

  forEachSocket(wanted: SocketFilter, visit: (socket: InetDiagView) => void): void {
    this.#dump(wanted, false, visit);
  }

  /**
   * Like {@link forEachSocket}, with the tcp_info of full sockets, which takes the kernel several times as long for each
   * (it locks the socket, `tcp_get_info()`).
   */
  forEachWithInfo(wanted: SocketFilter, visit: (socket: InetDiagView) => void): void {
    this.#dump(wanted, true, visit);
  }

  /**
   * Starts listing what blocks ports of the range beside listeners, on another thread: bound and inactive sockets (Linux
   * 6.8; older kernels list none) and live ones bound to a port of their own choice. For the former the kernel walks all
   * bind buckets, which takes a quarter as long as the whole census.
   *
   * @returns to be called once for the sockets
   */
  startBound(range: PortRange): (visit: Visit) => Promise<void> {
    const netlink = new Netlink(this.#open());
    const reply = netlink.startDump(encodeDumpOfAll(BOUND_OR_LIVE, boundPortFilter(range)), OPERATION);
    return async (visit) => {
      try {
        await reply(this.#visitor(visit, new InetDiagView()));
      } finally {
        netlink.close();
      }
    };
  }

  /**
   * Looks up one connection, with its tcp_info.
   *
   * @returns false where there is no such connection; then `visit` was not called
   */
  query(tuple: FourTuple, visit: (socket: InetDiagView) => void): boolean {
    let found = false;
    this.#netlink.query(encodeExactQuery(tuple), 'look up a TCP connection', [ENOENT], (view, at, length) => {
      this.#view.moveTo(view, at, length);
      // Without such a connection the kernel answers with a listener on its port (`inet_diag_find_one_icsk()`).
      if (this.#view.state === TcpState.LISTEN) return;
      found = true;
      visit(this.#view);
    });
    return found;
  }

  close(): void {
    this.#netlink.close();
  }

  #dump({ states, localPorts }: SocketFilter, withInfo: boolean, visit: (socket: InetDiagView) => void): void {
    const filter = localPorts === undefined ? NO_FILTER : localPortFilter(localPorts);
    const visitor = this.#visitor(visit, this.#view);
    try {
      this.#netlink.dump(encodeDumpOfAll(states, filter, withInfo), OPERATION, visitor);
    } catch (error) {
      if (!(error instanceof NetlinkError) || !UNKNOWN_REQUEST.includes(error.errno)) throw error;
      for (const family of [AF_INET, AF_INET6]) {
        this.#netlink.dump(encodeDumpOfFamily(family, states, filter, withInfo), OPERATION, visitor);
      }
    }
  }

  #visitor(visit: (socket: InetDiagView) => void, socket: InetDiagView): MessageVisitor {
    return (view, at, length) => {
      socket.moveTo(view, at, length);
      visit(socket);
    };
  }
}
