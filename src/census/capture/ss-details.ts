import type { ProcessRef } from '../../linux/socket-source.ts';
import type { TimerAndInode } from './captured-socket.ts';
import { parseSsDuration } from './ss-timer.ts';
import { hasUsers, parseSsUsers } from './ss-users.ts';

/** The timer of -o; there is none where nothing runs. */
const TIMER = /\s*timer:\((?<name>[a-zA-Z0-9_]+),(?<left>[^,)\s]*),\d{1,10}\)(?=\s|$)/y;
/** The start of what -e prints; `uid:` is left out for root. */
const INODE = /\s*(?:uid:\d{1,10}\s+)?ino:(?<inode>\d{1,10})\s+sk:/y;

/** What ss prints behind the addresses: owners (-p), timer (-o), details (-e), in this order. */
export class SsDetails implements TimerAndInode {
  processes: readonly ProcessRef[] = [];
  /** Whether there are owners, and they cannot be read. */
  hasUnreadableUsers = false;
  /** The timer's name, undefined for none. */
  timer: string | undefined = undefined;
  /** Milliseconds, -1 where the time is not readable. */
  leftMs = -1;
  /** -1 where none is printed, 0 where the socket has no file. */
  inode = -1;

  /** Reads the text behind the peer's address; the fields that it does not tell become what they are by default. */
  read(text: string): void {
    this.clear();
    let at = text.length - text.trimStart().length;
    if (hasUsers(text, at)) {
      const users = parseSsUsers(text, at);
      // A name may hold a line end, or imitate what would follow: nothing behind it can be trusted.
      this.hasUnreadableUsers = users === undefined;
      if (users === undefined) return;
      this.processes = users.processes;
      at = users.end;
    }
    TIMER.lastIndex = at;
    const timer = TIMER.exec(text)?.groups;
    if (timer !== undefined) {
      this.timer = timer.name;
      this.leftMs = parseSsDuration(timer.left ?? '');
      at = TIMER.lastIndex;
    }
    INODE.lastIndex = at;
    const inode = INODE.exec(text)?.groups?.inode;
    if (inode !== undefined) this.inode = Number(inode);
  }

  clear(): void {
    this.processes = [];
    this.hasUnreadableUsers = false;
    this.timer = undefined;
    this.leftMs = -1;
    this.inode = -1;
  }
}
