import { ProcNetTcpLine } from '../../linux/proc-net-tcp-line.ts';
import { isSound } from './captured-socket.ts';
import type { CaptureContents, CaptureFormat, CaptureReader } from './format.ts';
import { type Line, lineText } from './lines.ts';
import { type Outcome, REPEATED, unreadable } from './outcome.ts';

/** Of tcp and tcp6; those of udp, udplite and raw go on with `drops`. */
const HEADER =
  /^sl\s+local_address\s+rem(?:ote)?_address\s+st\s+tx_queue\s+rx_queue\s+tr\s+tm->when\s+retrnsmt\s+uid\s+timeout\s+inode(?<rest>.*)$/s;
const ROW = /^\d+: [0-9A-F]{8}(?:[0-9A-F]{24})?:[0-9A-F]{4} [0-9A-F]{8}(?:[0-9A-F]{24})?:[0-9A-F]{4} [0-9A-F]{2} /;
/** What head and tail print between files. */
const FILE_TITLE = /^==> .* <==\s*$/;
const HEADER_BYTES = 300;

class ProcNetTcpReader implements CaptureReader {
  /** The files list every socket; only a piece of one may lack the listeners. */
  holdsListeners = false;
  readonly holdsTimers = true;

  readonly #contents: CaptureContents;
  readonly #socket = new ProcNetTcpLine();
  #isOtherProtocol = false;

  constructor(contents: CaptureContents) {
    this.#contents = contents;
  }

  read(line: Line): Outcome {
    if (!this.#socket.read(line.bytes, line.start, line.end)) return this.#readOther(line);
    if (this.#isOtherProtocol) return undefined;
    if (!isSound(this.#socket)) return unreadable(line);
    return this.#contents.sockets.add(this.#socket) ? undefined : REPEATED;
  }

  #readOther(line: Line): Outcome {
    const text = lineText(line, line.start, HEADER_BYTES).trimStart();
    const header = HEADER.exec(text)?.groups;
    if (header !== undefined) {
      this.#isOtherProtocol = header.rest?.trim() !== '';
      this.holdsListeners = true;
      return undefined;
    }
    return this.#isOtherProtocol || FILE_TITLE.test(text) ? undefined : unreadable(line);
  }
}

/** The text of /proc/net/tcp, of /proc/net/tcp6, or of both one after the other. */
export const PROC_NET_TCP: CaptureFormat = {
  name: '/proc/net/tcp',
  recognizes: (text) => HEADER.test(text) || ROW.test(text),
  reader: (contents) => new ProcNetTcpReader(contents),
};
