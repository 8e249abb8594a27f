import { TcpState } from '../../tcp/state.ts';
import { CapturedSocket, isSound, setTimeWait } from './captured-socket.ts';
import { Endpoint } from './endpoint.ts';
import { Fields, Words } from './fields.ts';
import type { CaptureContents, CaptureFormat, CaptureReader } from './format.ts';
import { type Line, lineText } from './lines.ts';
import { NetstatDetails } from './netstat-details.ts';
import { type Complaint, CUT, namesInsteadOfNumbers, type Outcome, REPEATED, unreadable } from './outcome.ts';

/** States as netstat spells them (`tcp_state` of net-tools' netstat.c, and busybox), untranslated. */
const STATES = new Words<TcpState>({
  TIME_WAIT: TcpState.TIME_WAIT,
  ESTABLISHED: TcpState.ESTABLISHED,
  LISTEN: TcpState.LISTEN,
  CLOSE_WAIT: TcpState.CLOSE_WAIT,
  FIN_WAIT1: TcpState.FIN_WAIT1,
  FIN_WAIT2: TcpState.FIN_WAIT2,
  SYN_SENT: TcpState.SYN_SENT,
  SYN_RECV: TcpState.SYN_RECV,
  LAST_ACK: TcpState.LAST_ACK,
  CLOSING: TcpState.CLOSING,
  CLOSE: TcpState.CLOSE,
});
const PROTOCOLS = new Words({ tcp: 4, tcp6: 6 });
const HEADER = /^Proto\s+Recv-Q\s+Send-Q\s+Local Address\s+Foreign Address\s+State/;
const TITLE = /^Active Internet connections \((?<which>servers and established|only servers|w\/o servers)\)/;
const ROW = /^tcp6?\s+\d+\s+\d+\s+\S+:\S+\s+\S+:\S+\s+[A-Z]/;
/** Other protocols, other tables of `netstat -an`, and what it says about processes that it may not see. */
const OTHER = /^(?:(?:udp|udplite|udpl|raw|sctp|unix|icmp|bluetooth)6?\s|Active |Proto |\(|will not be shown)/;
const LONGEST_OTHER = 300;
const WITH_N = 'netstat -tanW';
/** Where `-W` is missing, an endpoint is cut to this length: net-tools cuts the address, busybox the port. */
const CUT_LENGTH = 23;

const STATE_UNKNOWN: Complaint = {
  what: 'has a state that is not known (run netstat with LC_ALL=C where it speaks another language)',
  consequence: 'left out',
};
const ADDRESS_CUT: Complaint = {
  what: 'has an address that netstat may have cut (take the capture with -W)',
  consequence: 'left out',
};

class NetstatReader implements CaptureReader {
  holdsListeners = false;
  holdsTimers = false;

  readonly #contents: CaptureContents;
  readonly #socket = new CapturedSocket();
  readonly #local: Endpoint;
  readonly #foreign: Endpoint;
  readonly #fields = new Fields(6);
  readonly #details = new NetstatDetails();
  /** Lines with an endpoint that may be cut: whether it is shows when all have been read. */
  readonly #doubtful: Line[] = [];
  #isWide = false;

  constructor(contents: CaptureContents) {
    this.#contents = contents;
    this.#local = new Endpoint(contents.zones);
    this.#foreign = new Endpoint(contents.zones);
  }

  read(line: Line): Outcome {
    const fields = this.#fields;
    fields.split(line);
    const protocol = PROTOCOLS.find(line.bytes, fields.start(0), fields.end(0));
    if (protocol === undefined) return this.#readOther(line);
    if (fields.count < 6) return unreadable(line);
    const longest = Math.max(fields.end(3) - fields.start(3), fields.end(4) - fields.start(4));
    if (longest > CUT_LENGTH) this.#isWide = true;
    if (longest !== CUT_LENGTH || this.#isWide) return this.#readRow(line);
    const { bytes, start, end, number, terminated } = line;
    this.#doubtful.push({ bytes, start, end, number, terminated });
    return undefined;
  }

  finish(complain: (line: Line, complaint: Complaint) => void): void {
    for (const line of this.#doubtful) {
      this.#fields.split(line);
      const complaint = this.#isWide ? this.#readRow(line) : ADDRESS_CUT;
      if (complaint !== undefined) complain(line, complaint);
    }
  }

  #readRow(line: Line): Outcome {
    const { bytes } = line;
    const fields = this.#fields;
    const socket = this.#socket;
    const state = STATES.find(bytes, fields.start(5), fields.end(5));
    const isLocal = this.#local.read(bytes, fields.start(3), fields.end(3), socket.addresses, 0);
    const isForeign = this.#foreign.read(bytes, fields.start(4), fields.end(4), socket.addresses, 4);
    if (state === undefined) return line.terminated && isLocal && isForeign ? STATE_UNKNOWN : unreadable(line);
    if (!isLocal || !isForeign) {
      const isNamed = (isLocal || this.#local.isName) && (isForeign || this.#foreign.isName);
      if (isNamed && line.terminated) throw namesInsteadOfNumbers(line, this.#contents.name, WITH_N);
      return unreadable(line);
    }
    // CLOSE may be the start of CLOSE_WAIT, and an orphan FIN_WAIT2 shows behind the state only.
    const isCut = !line.terminated && (state === TcpState.CLOSE || state === TcpState.FIN_WAIT2);
    if (isCut) return CUT;
    socket.state = state;
    socket.localPort = this.#local.port;
    socket.remotePort = this.#foreign.port;
    return this.#keep(line, fields.end(5));
  }

  #keep(line: Line, at: number): Outcome {
    const socket = this.#socket;
    const details = this.#details;
    const { sockets, owners } = this.#contents;
    details.read(line.terminated ? lineText(line, at) : '');
    if (details.timer !== undefined) this.holdsTimers = true;
    setTimeWait(socket, details);
    if (!isSound(socket)) return unreadable(line);
    socket.inode = owners.note(Math.max(0, details.inode), details.processes);
    if (!sockets.add(socket)) return REPEATED;
    if (socket.state === TcpState.LISTEN) this.holdsListeners = true;
    return undefined;
  }

  #readOther(line: Line): Outcome {
    const text = lineText(line, line.start, LONGEST_OTHER).trimStart();
    const title = TITLE.exec(text)?.groups?.which;
    if (title !== undefined && title !== 'w/o servers') this.holdsListeners = true;
    if (HEADER.test(text)) this.#details.readHeader(text);
    return OTHER.test(text) ? undefined : unreadable(line);
  }
}

/** What `netstat` of net-tools and of busybox prints, with any of -a -n -e -p -o -W, and with other tables beside TCP. */
export const NETSTAT: CaptureFormat = {
  name: 'netstat',
  recognizes: (text) => TITLE.test(text) || HEADER.test(text) || ROW.test(text),
  reader: (contents) => new NetstatReader(contents),
};
