import type { ProcessRef } from '../../linux/socket-source.ts';
import type { TimerAndInode } from './captured-socket.ts';

/** `timewait (59.21/0/0)`: seconds, retransmits, probes (`tcp_do_one()` of net-tools' netstat.c). */
const TIMER =
  /(?:^|\s)(?<name>off|on|keepalive|timewait|probe|unkn-\d{1,3}) \((?<seconds>\d{1,7}\.\d\d)\/\d{1,10}\/-?\d{1,10}\)\s*$/;
/** The user is a name where `-n` is missing. */
const USER_AND_INODE = /^\s*\S+\s+(?<inode>\d{1,20})(?=\s|$)/;
const NUMERIC_USER_AND_INODE = /^\s*\d{1,10}\s+(?<inode>\d{1,20})(?=\s|$)/;
/** `12/nginx: worker pr`: 19 characters at most, blanks among them. */
const PROGRAM = /^\s*(?<pid>\d{1,10})\/(?<name>.*)$/s;

/** What netstat prints behind the state: user and inode (-e), process (-p), timer (-o), in this order. */
export class NetstatDetails implements TimerAndInode {
  processes: readonly ProcessRef[] = [];
  /** The timer's name, undefined for none told. */
  timer: string | undefined = undefined;
  /** Milliseconds. */
  leftMs = -1;
  /** -1 where none is told, 0 where the socket has no file. */
  inode = -1;
  /** undefined: there was no header. */
  #columns: { readonly inode: boolean; readonly program: boolean; readonly timer: boolean } | undefined = undefined;

  /** Learns from a header which columns there are. */
  readHeader(text: string): void {
    this.#columns = {
      inode: /\sInode(?:\s|$)/.test(text),
      program: /\sPID\/Program name/.test(text),
      timer: /\sTimer(?:\s|$)/.test(text),
    };
  }

  read(text: string): void {
    const columns = this.#columns;
    let rest = text;
    this.#clear();
    if (rest.trim() === '') return;
    const timer = columns?.timer === false ? null : TIMER.exec(rest);
    if (timer !== null) {
      this.timer = timer.groups?.name;
      this.leftMs = Math.round(Number(timer.groups?.seconds) * 1000);
      rest = rest.slice(0, timer.index);
    }
    const inode =
      columns?.inode === false ? null : (columns === undefined ? NUMERIC_USER_AND_INODE : USER_AND_INODE).exec(rest);
    if (inode !== null) {
      this.inode = Number(inode.groups?.inode);
      rest = rest.slice(inode[0].length);
    }
    const program = columns?.program === false ? null : PROGRAM.exec(rest);
    if (program !== null) {
      this.processes = [{ pid: Number(program.groups?.pid), name: program.groups?.name?.trimEnd() ?? '' }];
    }
  }

  #clear(): void {
    this.processes = [];
    this.timer = undefined;
    this.leftMs = -1;
    this.inode = -1;
  }
}
