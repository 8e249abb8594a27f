import { closeSync, openSync, readSync } from 'node:fs';
import { FourtupleError } from '../tcp/error.ts';
import { inRange } from '../tcp/port-range.ts';
import { ProcNetTcpLine } from './proc-net-tcp-line.ts';
import type { SocketFilter, SocketSource, SocketView } from './socket-source.ts';

const CHUNK_BYTES = 262_144;
const NEWLINE = 0x0a;

/**
 * The TCP sockets of the network namespace that the calling thread is in, from /proc/net/tcp and /proc/net/tcp6: what is
 * left where sock_diag is missing or refused. Four times slower, and knows neither bound and idle sockets nor options.
 */
export class ProcNetTcp implements SocketSource {
  readonly name = '/proc/net/tcp';
  readonly #folder: string;
  readonly #line = new ProcNetTcpLine();
  readonly #buffer = new Uint8Array(CHUNK_BYTES);

  /** @param folder where the files `tcp` and `tcp6` are; the calling thread's own where left out */
  constructor(folder = '/proc/thread-self/net') {
    this.#folder = folder;
  }

  forEachSocket(wanted: SocketFilter, visit: (socket: SocketView) => void): void {
    this.#read('tcp', wanted, visit);
    this.#read('tcp6', wanted, visit);
  }

  #read(name: string, wanted: SocketFilter, visit: (socket: SocketView) => void): void {
    const file = open(`${this.#folder}/${name}`, name === 'tcp6');
    if (file === null) return;
    try {
      let kept = 0;
      let header = true;
      for (;;) {
        const size = readSync(file, this.#buffer, kept, this.#buffer.length - kept, null);
        if (size === 0) return;
        const end = kept + size;
        let start = 0;
        for (let newline = this.#lineEnd(start, end); newline >= 0; newline = this.#lineEnd(start, end)) {
          if (!header) this.#visitLine(start, newline, wanted, visit);
          header = false;
          start = newline + 1;
        }
        this.#buffer.copyWithin(0, start, end);
        kept = end - start;
      }
    } finally {
      closeSync(file);
    }
  }

  #lineEnd(start: number, end: number): number {
    const newline = this.#buffer.indexOf(NEWLINE, start);
    return newline < end ? newline : -1;
  }

  #visitLine(start: number, end: number, wanted: SocketFilter, visit: (socket: SocketView) => void): void {
    const line = this.#line;
    if (!line.read(this.#buffer, start, end)) {
      throw new FourtupleError('FT_KERNEL', `${this.name}: this line is no socket: ${this.#text(start, end)}`);
    }
    if ((wanted.states & (1 << line.state)) === 0) return;
    if (wanted.localPorts !== undefined && !inRange(wanted.localPorts, line.localPort)) return;
    visit(line);
  }

  #text(start: number, end: number): string {
    return JSON.stringify(Buffer.from(this.#buffer.subarray(start, end)).toString('latin1'));
  }
}

/** @returns null where there is no such file, and it may be missing: a kernel without IPv6 has no tcp6 */
function open(path: string, mayBeMissing: boolean): number | null {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    if (mayBeMissing && (cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new FourtupleError('FT_KERNEL', `${path} cannot be read: ${(cause as Error).message}`, {
      hint: 'Without sock_diag and /proc/net/tcp nothing shows the sockets of this namespace.',
      cause,
    });
  }
}
