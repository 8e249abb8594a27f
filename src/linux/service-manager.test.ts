import { closeSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checked } from '../../test/kit/libc-calls.ts';
import { libc } from './libc.ts';
import { ServiceManager } from './service-manager.ts';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fourtuple-notify-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A manager's end, bound by the test itself. @param path with a zero in place of the `@` of an abstract one */
function listen(path: string): number {
  const fd = checked('socket', libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  const address = Buffer.from(`\u0001\0${path}`);
  checked('bind', libc.bind(fd, address, address.length));
  return fd;
}

/** All that is there to be read. */
function received(fd: number): string[] {
  const messages: string[] = [];
  const bytes = Buffer.alloc(4_096);
  for (;;) {
    const length = libc.recv(fd, bytes, bytes.length, 0);
    if (length < 0) return messages;
    messages.push(bytes.toString('utf8', 0, length));
  }
}

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

describe('the service manager', () => {
  it.each([
    ['a path', () => join(folder, 'notify')],
    ['a name that is in no directory', () => `@fourtuple-${folder}`],
  ])('hears by %s how the process is', (_, name) => {
    const fd = listen(name().replace(/^@/, '\0'));
    const manager = new ServiceManager({ NOTIFY_SOCKET: name() });
    const before = openFiles();
    manager.ready('Watching 3 namespaces');
    manager.alive();
    manager.status('a\nREADY=0\u0007b');
    manager.stopping('Ends');
    expect(received(fd)).toEqual([
      'READY=1\nSTATUS=Watching 3 namespaces',
      'WATCHDOG=1',
      'STATUS=a READY=0 b',
      'STOPPING=1\nSTATUS=Ends',
    ]);
    expect(openFiles()).toBe(before);
    closeSync(fd);
  });

  it('is told nothing where it does not ask, is gone, or cannot be spoken to', () => {
    const gone = join(folder, 'gone');
    closeSync(listen(gone));
    const names = [undefined, '', gone, join(folder, 'missing'), `/${'a'.repeat(200)}`, 'vsock:2:1234', 'notify'];
    const before = openFiles();
    for (const NOTIFY_SOCKET of names) {
      const manager = new ServiceManager({ NOTIFY_SOCKET });
      expect(() => manager.ready('a')).not.toThrow();
      expect(() => manager.alive()).not.toThrow();
    }
    expect(openFiles()).toBe(before);
  });

  it('holds nobody up where it does not read, and hears what comes when it reads again', () => {
    const path = join(folder, 'notify');
    const fd = listen(path);
    const manager = new ServiceManager({ NOTIFY_SOCKET: path });
    // More than any queue of datagrams holds (net.unix.max_dgram_qlen).
    for (let count = 0; count < 5_000; count += 1) manager.alive();
    expect(received(fd).length).toBeLessThan(5_000);
    manager.stopping('now');
    expect(received(fd)).toEqual(['STOPPING=1\nSTATUS=now']);
    closeSync(fd);
  });

  it('is heard by a new socket in the place of the old one', () => {
    const path = join(folder, 'notify');
    const old = listen(path);
    const manager = new ServiceManager({ NOTIFY_SOCKET: path });
    manager.alive();
    closeSync(old);
    rmSync(path);
    const anew = listen(path);
    manager.alive();
    expect(received(anew)).toEqual(['WATCHDOG=1']);
    closeSync(anew);
  });

  it.each([
    [{ WATCHDOG_USEC: '30000000' }, 15_000],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: `${process.pid}` }, 15_000],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: `${process.ppid}` }, null],
    [{ WATCHDOG_USEC: '0' }, null],
    [{ WATCHDOG_USEC: 'ever' }, null],
    [{}, null],
  ])('that grants %j is told in half of the time', (environment, ms) => {
    expect(new ServiceManager({ NOTIFY_SOCKET: '@a', ...environment }).watchdogMs).toBe(ms);
    expect(new ServiceManager(environment).watchdogMs).toBeNull();
  });
});
