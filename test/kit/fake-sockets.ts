import { constants } from 'node:os';
import { AF_INET6, InetDiagView } from '../../src/linux/inet-diag-message.ts';
import { SockDiag } from '../../src/linux/sock-diag.ts';
import type { SocketFilter, SocketSource, SocketView } from '../../src/linux/socket-source.ts';
import { isIPv4, sameAddress } from '../../src/tcp/address.ts';
import { TcpState } from '../../src/tcp/state.ts';
import { dumpMessages, errorMessage, FakeNetlink, isDump, message, type NetlinkRequest } from './fake-netlink.ts';
import { type FilterEntry, isTaken, runFilter } from './inet-diag-bytecode.ts';
import { type DiagSocket, encodeSocket } from './inet-diag-encoder.ts';

const HEADER = 16;
const TCPDIAG_GETSOCK = 18;
const STATES_OF_ALL = HEADER + 4 + 48;
const STATES_OF_FAMILY = HEADER + 4;
const FILTER_OF_ALL = HEADER + 60 + 4;
const FILTER_OF_FAMILY = HEADER + 56 + 4;

/** Sockets that are asked about one after another, as from any other source. */
export class FakeSockets implements SocketSource {
  readonly name = 'fake';
  sockets: readonly DiagSocket[];

  constructor(sockets: readonly DiagSocket[]) {
    this.sockets = sockets;
  }

  forEachSocket(wanted: SocketFilter, visit: (socket: SocketView) => void): void {
    const range = wanted.localPorts ?? { low: 0, high: 65_535 };
    for (const socket of this.sockets) {
      if ((wanted.states & (1 << socket.state)) === 0) continue;
      if (socket.localPort >= range.low && socket.localPort <= range.high) visit(viewOf(socket));
    }
  }
}

/** A socket as a source shows it. */
export function viewOf(socket: DiagSocket): InetDiagView {
  const bytes = message({ type: TCPDIAG_GETSOCK, sequence: 0 }, encodeSocket(socket));
  const view = new InetDiagView();
  view.moveTo(new DataView(bytes.buffer), 0, bytes.length);
  return view;
}

/** How a kernel differs from the newest. */
export interface KernelTraits {
  /** The error number that it answers a request for all families with. */
  readonly refusesAllFamilies?: number;
  /** The local ports of live sockets that were bound to a port of their own choice (SOCK_BINDPORT_LOCK). */
  readonly bound?: ReadonlySet<number>;
  /** Changes what it answers. */
  readonly distort?: (datagrams: readonly Uint8Array[], request: NetlinkRequest) => readonly Uint8Array[];
}

/** The kernel's side of sock_diag, for some sockets. */
export class FakeKernel {
  readonly transports: FakeNetlink[] = [];
  readonly #sockets: readonly DiagSocket[];
  readonly #traits: KernelTraits;

  constructor(sockets: readonly DiagSocket[], traits: KernelTraits = {}) {
    this.#sockets = sockets;
    this.#traits = traits;
  }

  get requests(): NetlinkRequest[] {
    return this.transports.flatMap(({ requests }) => requests);
  }

  sockDiag(): SockDiag {
    return new SockDiag(() => {
      const transport = new FakeNetlink((request) => {
        const datagrams = this.#answer(request);
        return this.#traits.distort?.(datagrams, request) ?? datagrams;
      });
      this.transports.push(transport);
      return transport;
    });
  }

  #answer(request: NetlinkRequest): Uint8Array[] {
    if (!isDump(request)) return [this.#answerQuery(request)];
    const all = request.type === TCPDIAG_GETSOCK;
    const refused = this.#traits.refusesAllFamilies;
    if (all && refused !== undefined) return [errorMessage(request, { errno: refused })];
    const view = new DataView(request.bytes.buffer);
    const states = view.getUint32(all ? STATES_OF_ALL : STATES_OF_FAMILY, true);
    const family = all ? undefined : view.getUint8(HEADER) === AF_INET6 ? 'ipv6' : 'ipv4';
    const filter = request.bytes.subarray(all ? FILTER_OF_ALL : FILTER_OF_FAMILY);
    const hasFilter = filter.length > 0;
    if (hasFilter && !isTaken(filter))
      return [errorMessage(request, { errno: constants.errno.EINVAL, text: 'bad filter' })];
    const found = this.#sockets.filter(
      (socket) =>
        (states & (1 << socket.state)) !== 0 &&
        (family === undefined || familyOf(socket) === family) &&
        (!hasFilter || runFilter(filter, entryOf(socket, this.#traits.bound?.has(socket.localPort) === true))),
    );
    return dumpMessages(request, found.map(encodeSocket));
  }

  /** The connection that is asked for, else a listener on its port (`inet_diag_find_one_icsk()`). */
  #answerQuery(request: NetlinkRequest): Uint8Array {
    const view = new DataView(request.bytes.buffer);
    const [localPort, remotePort] = [view.getUint16(HEADER + 8), view.getUint16(HEADER + 10)];
    const found =
      this.#sockets.find(
        (socket) => socket.localPort === localPort && socket.remotePort === remotePort && isAskedFor(view, socket),
      ) ?? this.#sockets.find((socket) => socket.localPort === localPort && socket.state === TcpState.LISTEN);
    return found === undefined
      ? errorMessage(request, { errno: constants.errno.ENOENT })
      : message({ type: request.type, sequence: request.sequence }, encodeSocket(found));
  }
}

function entryOf({ localPort, remotePort }: DiagSocket, bound: boolean): FilterEntry {
  return { sourcePort: localPort, destinationPort: remotePort, bound };
}

function familyOf({ family, local }: DiagSocket): 'ipv4' | 'ipv6' {
  return family ?? (isIPv4(local) ? 'ipv4' : 'ipv6');
}

function isAskedFor(view: DataView, { local, remote, interfaceIndex }: DiagSocket): boolean {
  const mapped = view.getUint8(HEADER) !== AF_INET6;
  const word = (at: number): number => view.getUint32(HEADER + at);
  const address = (at: number) =>
    mapped ? ([0, 0, 0xffff, word(at)] as const) : ([word(at), word(at + 4), word(at + 8), word(at + 12)] as const);
  return (
    sameAddress(local, address(12)) &&
    sameAddress(remote, address(28)) &&
    (interfaceIndex ?? 0) === view.getUint32(HEADER + 44, true)
  );
}
