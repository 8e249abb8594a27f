import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { keyOf, keys, socketSourceContract } from '../../../test/contract/socket-source.ts';
import type { ProcessRef, SocketView } from '../../linux/socket-source.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { type Capture, readCapture } from './capture.ts';

const FOLDER = fileURLToPath(new URL('../../../test/fixtures/captures', import.meta.url));
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.txt'));
const EVERY_STATE = 0x3fff;

/** netstat cuts IPv6 addresses where `-W` is missing. */
const CUT_ADDRESSES = ['netstat-tan.txt', 'netstat-tanpo.txt'];

describe('captures of one population of sockets', () => {
  const population = connectionsOf(fixture('proc-net-tcp.txt'));

  it('hold what was made: every state but CLOSING, IPv4, IPv6, mapped and link-local addresses', () => {
    const states = new Set(population.map((key) => key.split(' ')[0]));
    for (const state of 'ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE_WAIT LAST_ACK'.split(' ')) {
      expect(states).toContain(state);
    }
    expect(population.filter((key) => key.includes('[fe80::1]')).length).toBe(2);
  });

  for (const file of FILES) {
    const wide = !CUT_ADDRESSES.includes(file);

    it(`${file} holds the same sockets as the others`, () => {
      const capture = fixture(file);
      const expected = wide ? population : population.filter((key) => !key.includes('2001:db8:1234:5678:'));
      expect(connectionsOf(capture)).toEqual(expected);
      expect(listenersOf(capture)).toEqual(listenersOf(fixture('proc-net-tcp.txt')));
      expect(capture.sockets).toBe(wide ? 59 : 57);
      expect(capture.linesLeftOut).toBe(wide ? 0 : 2);
      expect(capture.warnings.length).toBe(wide ? 0 : 2);
      expect(capture.holdsListeners).toBe(true);
    });

    socketSourceContract(file, () => ({ source: fixture(file).source }));
  }

  it('tell when TIME_WAIT ends, each as exactly as it can', () => {
    const exact = timeWaits(fixture('proc-net-tcp.txt'));
    expect(exact.size).toBe(12);
    for (const [file, tolerance] of [
      ['netstat-tanpoeeW.txt', 500],
      ['ss-tanoe.txt', 1500],
      ['ss-an.txt', 1500],
    ] as const) {
      const capture = fixture(file);
      expect(capture.holdsTimers).toBe(true);
      const found = timeWaits(capture);
      expect([...found.keys()]).toEqual([...exact.keys()]);
      for (const [key, left] of found) expect(Math.abs(left - (exact.get(key) ?? 0))).toBeLessThanOrEqual(tolerance);
    }
    for (const file of ['ss-tan.txt', 'ss-tanp.txt', 'netstat-tanW.txt']) {
      expect(fixture(file).holdsTimers).toBe(false);
      expect(new Set(timeWaits(fixture(file)).values())).toEqual(new Set([-1]));
    }
  });

  it('tell owners by the inode, or by a number in its place', () => {
    const [told, invented] = [ownersOf(fixture('ss-tanoep.txt')), ownersOf(fixture('ss-tanp.txt'))];
    expect(told.size).toBe(43);
    expect(invented).toEqual(told);
    const names = new Set([...told.values()].flat().map(({ name }) => name));
    expect(names).toEqual(new Set(['worker', 'python3', 'a",pid=1,fd=3', 'web srv (old']));
    const byNetstat = ownersOf(fixture('netstat-tanpoeeW.txt'));
    for (const [key, [process]] of byNetstat) expect(told.get(key)?.map(({ pid }) => pid)).toContain(process?.pid);
    expect(byNetstat.size).toBe(43);
  });

  it('tell interfaces by name where ss wrote them', () => {
    const capture = fixture('ss-tan.txt');
    expect([...capture.zones.values()]).toEqual(['eth0']);
    const onInterface: string[] = [];
    capture.source.forEachSocket({ states: EVERY_STATE }, (socket) => {
      if (capture.zones.get(socket.interfaceIndex) === 'eth0') onInterface.push(keyOf(socket));
    });
    expect(onInterface.length).toBe(4);
  });

  it('tell which listeners take IPv6 only where ss wrote it', () => {
    const ipv6Only = new Map<number, boolean | undefined>();
    fixture('ss-tan.txt').source.forEachSocket({ states: 1 << 10 }, (socket) => {
      ipv6Only.set(socket.localPort, socket.ipv6Only);
    });
    expect([8443, 8080, 80].map((port) => ipv6Only.get(port))).toEqual([true, false, undefined]);
  });
});

describe('a capture around which something stands', () => {
  const lines = readFileSync(`${FOLDER}/ss-tan.txt`, 'utf8').trimEnd().split('\n');
  const expected = connectionsOf(fixture('ss-tan.txt'));

  it.each([
    ['a prompt before and after', `root@proxy:~# ss -tan\n${lines.join('\n')}\nroot@proxy:~# `],
    ['a prompt of a user', `$ sudo ss -tan\n${lines.join('\n')}\n$ exit\n`],
    ['blank lines and CRLF', `\r\n\r\n${lines.join('\r\n')}\r\n\r\n`],
    ['a byte order mark', `\ufeff${lines.join('\n')}\n`],
    ['indentation', `${lines.map((line) => `    ${line}`).join('\n')}\n`],
    ['no header', `${lines.slice(1).join('\n')}\n`],
    ['blanks cut at the ends of lines', `${lines.map((line) => line.trimEnd()).join('\n')}\n`],
    [
      'lines of ss -i',
      `${lines
        .slice(1)
        .map((line) => `${line}\n\t cubic wscale:7,7 rto:204 10.0.0.5:80\n`)
        .join('')}`,
    ],
  ])('is read with %s', (_, text) => {
    const capture = readCapture(text, 'file');
    expect(connectionsOf(capture)).toEqual(expected);
    expect(capture.warnings).toEqual([]);
    expect(connectionsOf(readCapture(Buffer.from(text), 'file'))).toEqual(expected);
  });

  it('is read from UTF-16, as PowerShell writes it', () => {
    const bytes = Buffer.from(`\ufeff${lines.join('\r\n')}\r\n`, 'utf16le');
    expect(connectionsOf(readCapture(bytes, 'file'))).toEqual(expected);
  });

  it('is read from /proc/net/tcp behind other files, with the titles of tail', () => {
    const tcp = readFileSync(`${FOLDER}/proc-net-tcp.txt`, 'utf8');
    const udp =
      '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n' +
      '  171: 0500000A:14E9 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 8 2 0000000000000000 0\n';
    const capture = readCapture(`==> /proc/net/udp <==\n${udp}\n==> /proc/net/tcp <==\n${tcp}`, 'file');
    expect(connectionsOf(capture)).toEqual(connectionsOf(fixture('proc-net-tcp.txt')));
    expect(capture.warnings).toEqual([]);
  });
});

describe('a damaged capture', () => {
  const row = 'ESTAB 0 0 10.0.0.5:41000 10.0.1.9:8080\n';

  it('gives its whole lines, and says which others were left out', () => {
    const capture = readCapture(`${row}ESTAB 0 0 10.0.0.\nEST\n${row.replace('41000', '41001')}`, 'file');
    expect(capture.sockets).toBe(2);
    expect(capture.linesLeftOut).toBe(2);
    expect(capture.warnings).toEqual([
      "line 2 is not understood: 'ESTAB 0 0 10.0.0.'; left out",
      "line 3 is not understood: 'EST'; left out",
    ]);
  });

  it('tells the first five such lines and counts the rest', () => {
    const { warnings, linesLeftOut } = readCapture(`${row}${'rubbish\n'.repeat(8)}`, 'file');
    expect(linesLeftOut).toBe(8);
    expect(warnings.length).toBe(6);
    expect(warnings[5]).toBe('and 3 more lines like these');
  });

  it.each([
    ['ESTAB 0 0 10.0.0.5:41001 10.0.1.9:80', 1, 'the port may be the start of 8080'],
    ['ESTAB 0 0 10.0.0.5:41001 10.0.1.9:80 ', 2, 'a blank ends the port'],
    ['ESTAB 0 0 10.0.0.5:41001 10.0.1.9:80\r', 2, 'half a line end ends the port'],
    ['ESTAB 0 0 10.0.0.5:41001 10.0.1.9:8080', 2, '80800 is no port'],
    ['ESTAB 0 0 10.0.0.5:41001 10.0.1.9:6553', 1, 'the port may be the start of 65535'],
    ['LISTEN 0 0 10.0.0.5:41001 0.0.0.0:*', 2, 'nothing follows a star'],
    ['FIN-WAIT-2 0 0 10.0.0.5:41001 10.0.1.9:8080', 1, 'a timer may follow'],
    ['ESTAB 0 0 10.0.0.5:41001', 1, 'there is no other end'],
    ['TIME-WAIT 0 0 10.0.0.5:41001 10.0.1.9:80 timer:(timewait,5', 2, 'the timer is not read'],
  ])('with the last line %j counts %i sockets: %s', (last, sockets) => {
    const capture = readCapture(row + last, 'file');
    expect(capture.sockets).toBe(sockets);
    expect(capture.holdsTimers).toBe(false);
    expect(capture.warnings).toEqual(sockets === 2 ? [] : [`line 2 is cut: '${last}'; left out`]);
  });

  it('counts a connection once that stands there twice', () => {
    const capture = readCapture(row + row.replace('ESTAB', 'TIME-WAIT'), 'file');
    expect(connectionsOf(capture)).toEqual(['ESTABLISHED 10.0.0.5:41000 10.0.1.9:8080']);
    expect(capture.warnings[0]).toMatch(/^line 2 repeats the connection of an earlier line/);
  });

  it('counts listeners that share a port each', () => {
    expect(readCapture('LISTEN 0 5 0.0.0.0:80 0.0.0.0:*\n'.repeat(3), 'file').sockets).toBe(3);
  });

  it('keeps a socket whose owners cannot be read, and says so', () => {
    const capture = readCapture(`${row.trim()} users:(("a\nb",pid=1,fd=2))\n`, 'file');
    expect(capture.sockets).toBe(1);
    expect(capture.owners.size).toBe(0);
    expect(capture.warnings[0]).toMatch(/^line 1 has owners that cannot be read: .*; kept without its owners$/);
    expect(capture.linesLeftOut).toBe(1);
  });

  it('never shows what would do something to a terminal', () => {
    const evil = '\u001b]0;owned\u0007\u202e';
    const capture = readCapture(`${row.trim()} users:(("${evil}",pid=1,fd=2))\n${evil}\n`, evil);
    expect(JSON.stringify([capture.warnings, [...capture.owners.values()]])).not.toMatch(/\\u001b|\\u0007|\u202e/);
    const error = failure(evil, evil);
    expect(`${error.message}${error.hint}`).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('what is no capture', () => {
  it.each([
    ['', 'it is empty'],
    [' \n\n', 'it is empty'],
    ['total 12\n', "its first line is 'total 12'"],
    ['{"schema":1}', 'its first line is'],
    ['x'.repeat(1_000_000), `its first line is '${'x'.repeat(80)}…'`],
  ])('is refused with its first line and what can be read', (text, part) => {
    const error = failure(text, 'capture.txt');
    expect(error.message).toContain('capture.txt is no capture that can be read');
    expect(error.message).toContain(part);
    expect(error.hint).toContain('/proc/net/tcp');
  });

  it('is refused where names stand in place of numbers', () => {
    for (const text of [
      'ESTAB 0 0 10.0.0.5:41000 10.0.1.9:http-alt\n',
      'ESTAB 0 0 proxy.core:41000 10.0.1.9:80\n',
      'LISTEN 0 0 localhost:postgresql 0.0.0.0:*\n',
      'tcp 0 0 proxy.core:ssh client.core:41000 ESTABLISHED\n',
    ]) {
      const error = failure(text, 'capture.txt');
      expect(error.message).toMatch(/^capture.txt: line 1 has names in place of numeric addresses and ports: /);
      expect(error.hint).toContain('-n');
    }
  });

  it('is refused where ss left the state out', () => {
    const text = 'Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n0 0 10.0.0.5:41000 10.0.1.9:80\n';
    expect(failure(text, 'capture.txt').message).toContain('line 1 has no State column');
  });

  it('is refused where no line of it is whole', () => {
    expect(failure('State Recv-Q Send-Q Local Address:Port Peer Address:Port\nESTA', 'f').message).toBe(
      "f: not one socket of this ss capture can be read: line 2 is cut: 'ESTA'; left out",
    );
  });

  it('is not a capture of an idle machine, which is read', () => {
    const capture = readCapture('State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n', 'f');
    expect(capture).toMatchObject({ format: 'ss', sockets: 0, holdsListeners: false, warnings: [] });
  });
});

function fixture(file: string): Capture {
  return readCapture(readFileSync(`${FOLDER}/${file}`), file);
}

function failure(text: string, name: string): FourtupleError {
  try {
    readCapture(text, name);
  } catch (error) {
    if (error instanceof FourtupleError && error.code === 'FT_CAPTURE') return error;
    throw error;
  }
  throw new Error('it was read');
}

function connectionsOf(capture: Capture): string[] {
  return keys(capture.source, { states: EVERY_STATE & ~(1 << 10) });
}

/** By port: ss writes a listener of both families as `*`, the others as `::`. */
function listenersOf(capture: Capture): number[] {
  const ports: number[] = [];
  capture.source.forEachSocket({ states: 1 << 10 }, (socket) => ports.push(socket.localPort));
  return ports.sort((a, b) => a - b);
}

function collect<Value>(capture: Capture, pick: (socket: SocketView) => Value | undefined): Map<string, Value> {
  const found: [string, Value][] = [];
  capture.source.forEachSocket({ states: EVERY_STATE }, (socket) => {
    const value = pick(socket);
    if (value !== undefined) found.push([keyOf(socket), value]);
  });
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Milliseconds left by socket, orphans in FIN_WAIT2 among them. */
function timeWaits(capture: Capture): Map<string, number> {
  return collect(capture, (socket) => (socket.isTimeWait ? socket.timeWaitLeftMs : undefined));
}

function ownersOf(capture: Capture): Map<string, readonly ProcessRef[]> {
  return collect(capture, (socket) => capture.owners.get(socket.inode));
}
