import { type Address, isIPv4 } from '../../src/tcp/address.ts';
import { TcpState } from '../../src/tcp/state.ts';

/** A socket as the kernel describes it in sock_diag. What is left out is 0, as it is for a time-wait minisock. */
export interface DiagSocket {
  readonly state: TcpState;
  readonly local: Address;
  readonly localPort: number;
  readonly remote: Address;
  readonly remotePort: number;
  /** IPv4-mapped addresses may be those of an IPv6 socket; by the addresses where left out. */
  readonly family?: 'ipv4' | 'ipv6';
  /** `idiag_timer`: 3 for a time-wait minisock. */
  readonly timer?: number;
  readonly expiresMs?: number;
  readonly interfaceIndex?: number;
  readonly cookie?: bigint;
  readonly uid?: number;
  readonly inode?: number;
  readonly attributes?: readonly DiagAttribute[];
}

/** A netlink attribute: its type, with its flags, and its value. */
export interface DiagAttribute {
  readonly type: number;
  readonly value: Uint8Array;
}

const AF_INET = 2;
const AF_INET6 = 10;
const MESSAGE_SIZE = 72;
/** tcp_info of Linux 6.18; 6.1 has 232 bytes. */
const INFO_SIZE = 280;

/** `struct inet_diag_msg` of include/uapi/linux/inet_diag.h and its attributes, what follows the netlink header. */
export function encodeSocket(socket: DiagSocket): Uint8Array {
  const attributes = encodeAttributes(socket.attributes ?? []);
  const bytes = new Uint8Array(MESSAGE_SIZE + attributes.length);
  const view = new DataView(bytes.buffer);
  const family = socket.family ?? (isIPv4(socket.local) ? 'ipv4' : 'ipv6');
  view.setUint8(0, family === 'ipv4' ? AF_INET : AF_INET6);
  // A socket that is bound and inactive is reported as closed (`tcp_diag_dump()`).
  view.setUint8(1, socket.state === TcpState.BOUND_INACTIVE ? TcpState.CLOSE : socket.state);
  view.setUint8(2, socket.timer ?? 0);
  view.setUint16(4, socket.localPort);
  view.setUint16(6, socket.remotePort);
  encodeAddress(view, 8, socket.local, family);
  encodeAddress(view, 24, socket.remote, family);
  view.setUint32(40, socket.interfaceIndex ?? 0, true);
  view.setBigUint64(44, socket.cookie ?? 0n, true);
  view.setUint32(52, socket.expiresMs ?? 0, true);
  view.setUint32(64, socket.uid ?? 0, true);
  view.setUint32(68, socket.inode ?? 0, true);
  bytes.set(attributes, MESSAGE_SIZE);
  return bytes;
}

/** A connection, TIME_WAIT with a timer where `leftMs` is given. */
export function connection(
  [local, localPort]: readonly [Address, number],
  [remote, remotePort]: readonly [Address, number],
  more: Partial<DiagSocket> & { readonly leftMs?: number } = {},
): DiagSocket {
  const { leftMs, ...rest } = more;
  const timer = leftMs === undefined ? {} : { state: TcpState.TIME_WAIT, timer: 3, expiresMs: leftMs };
  return { state: TcpState.ESTABLISHED, local, localPort, remote, remotePort, ...timer, ...rest };
}

/** INET_DIAG_SOCKOPT: `struct inet_diag_sockopt`, two bytes of bits. */
export function socketOptions(bindAddressNoPort: boolean, others = 0): DiagAttribute {
  return { type: 22, value: Uint8Array.of(others & 0xff, (others & 0xfe) | (bindAddressNoPort ? 1 : 0)) };
}

/** INET_DIAG_SKV6ONLY. */
export function ipv6Only(set: boolean): DiagAttribute {
  return { type: 11, value: Uint8Array.of(set ? 1 : 0) };
}

/** INET_DIAG_CGROUP_ID: 64 bits. */
export function cgroupId(id: bigint): DiagAttribute {
  const value = new Uint8Array(8);
  new DataView(value.buffer).setBigUint64(0, id, true);
  return { type: 21, value };
}

/** What `struct tcp_info` says, as the view names it. */
export interface TcpInfoFields {
  readonly timestamps?: boolean;
  readonly retransmitTimeoutMicroseconds?: number;
  readonly lastDataReceivedMs?: number;
  readonly roundTripMicroseconds?: number;
  readonly roundTripVarianceMicroseconds?: number;
  readonly totalRetransmits?: number;
  readonly bytesAcked?: number;
  readonly bytesReceived?: number;
  readonly segmentsOut?: number;
  readonly reorderSeen?: number;
}

/** Where a number stands in it, and how many bytes it has: by the layout of include/uapi/linux/tcp.h, field after field. */
export const TCP_INFO_LAYOUT: Readonly<Record<Exclude<keyof TcpInfoFields, 'timestamps'>, readonly [number, 4 | 8]>> = {
  retransmitTimeoutMicroseconds: [8 + 0 * 4, 4],
  lastDataReceivedMs: [8 + 11 * 4, 4],
  roundTripMicroseconds: [8 + 15 * 4, 4],
  roundTripVarianceMicroseconds: [8 + 16 * 4, 4],
  totalRetransmits: [8 + 23 * 4, 4],
  bytesAcked: [8 + 24 * 4 + 2 * 8, 8],
  bytesReceived: [8 + 24 * 4 + 3 * 8, 8],
  segmentsOut: [8 + 24 * 4 + 4 * 8, 4],
  reorderSeen: [8 + 24 * 4 + 4 * 8 + 6 * 4 + 4 * 8 + 2 * 4 + 2 * 8 + 4, 4],
};

/** INET_DIAG_INFO: `struct tcp_info`. Fields that are not given hold bytes that no test asks for. */
export function tcpInfo(fields: boolean | TcpInfoFields, size: number = INFO_SIZE): DiagAttribute {
  const { timestamps, ...numbers } = typeof fields === 'boolean' ? { timestamps: fields } : fields;
  const value = new Uint8Array(INFO_SIZE).fill(0xfe);
  const view = new DataView(value.buffer);
  value[5] = timestamps === true ? 0xff : 0xfe;
  for (const [name, number] of Object.entries(numbers)) {
    const [at, bytes] = TCP_INFO_LAYOUT[name as keyof typeof TCP_INFO_LAYOUT];
    if (bytes === 4) view.setUint32(at, number, true);
    else view.setBigUint64(at, BigInt(number), true);
  }
  return { type: 2, value: value.slice(0, size) };
}

/** Attributes one behind the other, each padded to four bytes. */
export function encodeAttributes(attributes: readonly DiagAttribute[]): Uint8Array {
  const padded = (size: number): number => Math.ceil(size / 4) * 4;
  const bytes = new Uint8Array(attributes.reduce((sum, { value }) => sum + padded(4 + value.length), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { type, value } of attributes) {
    view.setUint16(at, 4 + value.length, true);
    view.setUint16(at + 2, type, true);
    bytes.set(value, at + 4);
    at += padded(4 + value.length);
  }
  return bytes;
}

function encodeAddress(view: DataView, at: number, address: Address, family: 'ipv4' | 'ipv6'): void {
  if (family === 'ipv4') view.setUint32(at, address[3]);
  else for (const [index, word] of address.entries()) view.setUint32(at + 4 * index, word);
}
