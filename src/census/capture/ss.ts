import { FourtupleError } from '../../tcp/error.ts';
import { TcpState } from '../../tcp/state.ts';
import { CapturedSocket, isSound, setTimeWait } from './captured-socket.ts';
import { Endpoint } from './endpoint.ts';
import { Fields, Words } from './fields.ts';
import type { CaptureContents, CaptureFormat, CaptureReader } from './format.ts';
import { type Line, lineText } from './lines.ts';
import { type Complaint, CUT, namesInsteadOfNumbers, type Outcome, REPEATED, unreadable } from './outcome.ts';
import { SsDetails } from './ss-details.ts';

/** States as ss spells them (`sstate_name` of iproute2's misc/ss.c), the most frequent ones first. */
const STATES = new Words<TcpState>({
  'TIME-WAIT': TcpState.TIME_WAIT,
  ESTAB: TcpState.ESTABLISHED,
  LISTEN: TcpState.LISTEN,
  'CLOSE-WAIT': TcpState.CLOSE_WAIT,
  'FIN-WAIT-1': TcpState.FIN_WAIT1,
  'FIN-WAIT-2': TcpState.FIN_WAIT2,
  'SYN-SENT': TcpState.SYN_SENT,
  'SYN-RECV': TcpState.SYN_RECV,
  'LAST-ACK': TcpState.LAST_ACK,
  CLOSING: TcpState.CLOSING,
  UNCONN: TcpState.CLOSE,
});
const TCP = new Words({ tcp: 1 });
/** What else the Netid column may hold, where ss was not told `-t`. */
const OTHER_PROTOCOL =
  /^(?:udp|raw|icmp6|sctp|dccp|mptcp|[up]_(?:str|dgr|seq|raw)|nl|v_(?:str|dgr|seq)|ti_\w{2}|xdp|\?{3})\s/;
const HEADER =
  /^(?:Netid\s+)?(?<state>State\s+)?(?<queues>Recv-Q\s+Send-Q\s+)?Local\s?Address:\s?Port\s+Peer\s?Address:\s?Port/;
const ROW =
  /^(?:tcp\s+)?(?:TIME-WAIT|ESTAB|LISTEN|CLOSE-WAIT|FIN-WAIT-[12]|SYN-SENT|SYN-RECV|LAST-ACK|CLOSING|UNCONN)\s+\S+\s+\S+/;
const HEADER_BYTES = 200;
const BLANK = 0x20;
const WITH_N = 'ss -tan';

const OWNERS_UNREADABLE: Complaint = { what: 'has owners that cannot be read', consequence: 'kept without its owners' };

class SsReader implements CaptureReader {
  holdsListeners = false;
  holdsTimers = false;

  readonly #contents: CaptureContents;
  readonly #socket = new CapturedSocket();
  readonly #local: Endpoint;
  readonly #peer: Endpoint;
  readonly #fields = new Fields(6);
  readonly #details = new SsDetails();
  #queueFields = 2;
  #isAfterSocket = false;

  constructor(contents: CaptureContents) {
    this.#contents = contents;
    this.#local = new Endpoint(contents.zones);
    this.#peer = new Endpoint(contents.zones);
  }

  read(line: Line): Outcome {
    const fields = this.#fields;
    const { bytes } = line;
    fields.split(line);
    // A Netid comes first where ss was not told `-t`.
    const netids = TCP.find(bytes, fields.start(0), fields.end(0)) === 1 ? 1 : 0;
    const state = netids < fields.count ? STATES.find(bytes, fields.start(netids), fields.end(netids)) : undefined;
    if (state === undefined) return this.#readOther(line);
    this.#isAfterSocket = true;
    const local = netids + 1 + this.#queueFields;
    return local + 1 < fields.count ? this.#readRow(line, state, local) : unreadable(line);
  }

  #readRow(line: Line, state: TcpState, local: number): Outcome {
    const fields = this.#fields;
    const socket = this.#socket;
    const peer = local + 1;
    const isLocal = this.#local.read(line.bytes, fields.start(local), fields.end(local), socket.addresses, 0);
    const isPeer = this.#peer.read(line.bytes, fields.start(peer), fields.end(peer), socket.addresses, 4);
    if (!isLocal || !isPeer) {
      const isNamed = (isLocal || this.#local.isName) && (isPeer || this.#peer.isName);
      if (isNamed && line.terminated) throw namesInsteadOfNumbers(line, this.#contents.name, WITH_N);
      return unreadable(line);
    }
    socket.state = state;
    socket.localPort = this.#local.port;
    socket.remotePort = this.#peer.port;
    socket.interfaceIndex = this.#local.zone || this.#peer.zone;
    socket.ipv6Only = this.#local.ipv6Only;
    const isCut = !line.terminated && fields.end(peer) === line.end && !this.#peer.isPortWhole;
    return isCut ? CUT : this.#readDetails(line, fields.end(peer));
  }

  #readDetails(line: Line, at: number): Outcome {
    const socket = this.#socket;
    const details = this.#details;
    if (line.terminated && !isBlank(line, at)) details.read(lineText(line, at));
    else details.clear();
    // Only what is behind the addresses could tell a live FIN-WAIT-2 from an orphan.
    if (!line.terminated && socket.state === TcpState.FIN_WAIT2) return CUT;
    if (details.timer !== undefined) this.holdsTimers = true;
    setTimeWait(socket, details);
    return this.#keep(line);
  }

  #keep(line: Line): Outcome {
    const socket = this.#socket;
    const { sockets, owners } = this.#contents;
    // The kernel reports bound and inactive sockets (ss -B) as closed.
    if (socket.state === TcpState.CLOSE && socket.localPort > 0 && socket.remotePort === 0) {
      socket.state = TcpState.BOUND_INACTIVE;
    }
    if (!isSound(socket)) return unreadable(line);
    socket.inode = owners.note(Math.max(0, this.#details.inode), this.#details.processes);
    if (!sockets.add(socket)) return REPEATED;
    if (socket.state === TcpState.LISTEN) this.holdsListeners = true;
    return this.#details.hasUnreadableUsers ? OWNERS_UNREADABLE : undefined;
  }

  #readOther(line: Line): Outcome {
    const text = lineText(line, line.start, HEADER_BYTES).trimStart();
    const header = HEADER.exec(text)?.groups;
    if (header !== undefined) return this.#readHeader(line, header);
    // With -i and -m there are further lines to a socket. They start with a tab, or with blanks where it was pasted.
    if (this.#isAfterSocket && (line.bytes[line.start] as number) <= BLANK) return undefined;
    this.#isAfterSocket = OTHER_PROTOCOL.test(text);
    return this.#isAfterSocket ? undefined : unreadable(line);
  }

  #readHeader(line: Line, header: Readonly<Record<string, string | undefined>>): Outcome {
    if (header.state === undefined) {
      throw new FourtupleError(
        'FT_CAPTURE',
        `${this.#contents.name}: line ${line.number} has no State column: ss was asked for one state and does not say which`,
        { hint: `Take the capture without a state filter: ${WITH_N}.` },
      );
    }
    this.#queueFields = header.queues === undefined ? 0 : 2;
    return undefined;
  }
}

function isBlank(line: Line, from: number): boolean {
  for (let at = from; at < line.end; at += 1) if ((line.bytes[at] as number) > BLANK) return false;
  return true;
}

/** What `ss` of iproute2 prints, with any of -a -n -o -e -p -i -m -H -O -4 -6, and with other protocols beside TCP. */
export const SS: CaptureFormat = {
  name: 'ss',
  recognizes: (text) => HEADER.test(text) || ROW.test(text),
  reader: (contents) => new SsReader(contents),
};
