import { libc, SOCK_CLOEXEC } from './libc.ts';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const MSG_NOSIGNAL = 0x4000;
/** `sun_path` of `struct sockaddr_un` (unix(7)). */
const LONGEST_PATH = 108;

/**
 * systemd, or whoever has started this process and wants to know how it is: NOTIFY_SOCKET of sd_notify(3). Where nobody has
 * asked for it, nothing is done; where it is not heard, nothing fails, and nobody waits.
 */
export class ServiceManager {
  /** How often {@link alive} is to be called, in milliseconds: half of what is granted. null where nobody watches. */
  readonly watchdogMs: number | null;
  readonly #address: Uint8Array | null;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#address = socketAddress(environment.NOTIFY_SOCKET ?? '');
    this.watchdogMs = this.#address === null ? null : watchdogMs(environment);
  }

  /** It does its work from now on. @param status what it does, for `systemctl status` */
  ready(status: string): void {
    this.#notify('READY=1', statusLine(status));
  }

  status(status: string): void {
    this.#notify(statusLine(status));
  }

  /** It has not got stuck. */
  alive(): void {
    this.#notify('WATCHDOG=1');
  }

  /** It will end soon, and is not to be asked for anything more. */
  stopping(status: string): void {
    this.#notify('STOPPING=1', statusLine(status));
  }

  /** A socket for each message: the manager's own may be another one since (`systemctl daemon-reexec`). */
  #notify(...lines: string[]): void {
    if (this.#address === null) return;
    const fd = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    if (libc.connect(fd, this.#address, this.#address.length) === 0) {
      const message = Buffer.from(lines.join('\n'));
      libc.send(fd, message, message.length, MSG_NOSIGNAL);
    }
    libc.close(fd);
  }
}

/** What follows a line's end would be another message. */
function statusLine(status: string): string {
  return `STATUS=${status.replace(/\p{Cc}+/gu, ' ')}`;
}

/** A path, or with `@` the name of an abstract socket; null for other kinds (vsock), and where there is none. */
function socketAddress(name: string): Uint8Array | null {
  const isAbstract = name.startsWith('@');
  if (!isAbstract && !name.startsWith('/')) return null;
  const path = Buffer.from(isAbstract ? `\0${name.slice(1)}` : `${name}\0`);
  if (path.length > LONGEST_PATH) return null;
  const family = Buffer.from(Uint16Array.of(AF_UNIX).buffer);
  return Buffer.concat([family, path]);
}

/** sd_watchdog_enabled(3): the variables may be meant for another process. */
function watchdogMs({ WATCHDOG_USEC, WATCHDOG_PID }: Readonly<Record<string, string | undefined>>): number | null {
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== '' && WATCHDOG_PID !== `${process.pid}`) return null;
  const granted = /^[1-9]\d{0,15}$/.test(WATCHDOG_USEC ?? '') ? Number(WATCHDOG_USEC) : null;
  return granted === null ? null : granted / 2_000;
}
