import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { closeInOrder, timeWait } from '../../test/kit/closings.ts';
import { type ClientOptions, hold, type Server, serve } from '../../test/kit/connections.ts';
import { changedCounters } from '../../test/kit/counters.ts';
import { fillUntilRefused } from '../../test/kit/fill.ts';
import { ip } from '../../test/kit/ip-command.ts';
import { needsKernel } from '../../test/kit/kernel-version.ts';
import { listenAt, NativeSocket } from '../../test/kit/native-socket.ts';
import { usesPrivateNamespace } from '../../test/kit/private-namespace.ts';
import { AF_INET, AF_INET6, encodeSocketAddress } from '../../test/kit/socket-address.ts';
import { socketStatistics } from '../../test/kit/socket-statistics.ts';
import { reservePorts, setPortRange, writeSysctl } from '../../test/kit/sysctl.ts';
import { withoutCapabilities } from '../../test/kit/without-capabilities.ts';
import { isPortBlocked } from './port-probe.ts';

const [LOW, HIGH] = [40_000, 40_199];
const ALL = Array.from({ length: HIGH - LOW + 1 }, (_, index) => LOW + index);

/** The ports that the kernel says connect() skips. */
function blockedPorts(): number[] {
  return ALL.filter((port) => {
    const answer = isPortBlocked(port);
    expect(answer).not.toBeNull();
    return answer;
  });
}

function ascending(ports: Iterable<number>): number[] {
  return [...ports].sort((a, b) => a - b);
}

const BOUND: ClientOptions = { from: '127.0.0.3', boundBefore: true };
const LATE: ClientOptions = { from: '127.0.0.3' };

describe('the kernel, asked whether connect() skips a port,', () => {
  usesPrivateNamespace();
  needsKernel(6, 3);

  it('says no for the whole range where nothing is bound', () => {
    setPortRange(LOW, HIGH);
    expect(blockedPorts()).toEqual([]);
  });

  it.each([
    ['127.0.0.1', {}],
    ['127.0.0.9', {}],
    ['0.0.0.0', {}],
    ['::', {}],
    ['::', { ipv6Only: true }],
    ['::1', {}],
  ])('says yes for that of a listener at %s %o, until it is closed', (address, options) => {
    setPortRange(LOW, HIGH);
    const listeners = [40_010, 40_011].map((port) => listenAt(address, port, options));
    expect(blockedPorts()).toEqual([40_010, 40_011]);
    for (const listener of listeners) listener.close();
    expect(blockedPorts()).toEqual([]);
  });

  it.each([
    ['127.0.0.1', AF_INET],
    ['127.0.0.9', AF_INET],
    ['0.0.0.0', AF_INET],
    ['::1', AF_INET6],
    ['::', AF_INET6],
  ])('says yes for those of sockets that are bound to %s and idle, until they are closed', (address, family) => {
    setPortRange(LOW, HIGH);
    const idle = [
      NativeSocket.open(family).bind(address, 40_010),
      NativeSocket.open(family).reuseAddress().bind(address, 40_021),
      NativeSocket.open(family).reusePort().bind(address, 40_030),
      NativeSocket.open(family).bind(address, 0),
    ];
    expect(blockedPorts()).toEqual(ascending(idle.map(({ localPort }) => localPort)));
    for (const socket of idle) socket.close();
    expect(blockedPorts()).toEqual([]);
  });

  it.each<[string, string, ClientOptions]>([
    ['to an address', '127.0.0.1', BOUND],
    ['to any address', '127.0.0.1', { boundBefore: true }],
    ['to an IPv4-mapped address', '127.0.0.1', { ...BOUND, mapped: true }],
    ['to any address, over IPv6', '::1', { boundBefore: true }],
    ['to a port of their choice', '127.0.0.1', { ...BOUND, port: 40_014 }],
    ['to a port of their choice, which others may share', '127.0.0.1', { port: 40_015, reuseAddress: true }],
  ])('says yes for those of connections that were bound %s before, live and in TIME_WAIT', (_, address, options) => {
    setPortRange(LOW, HIGH);
    const to = serve(address, 9000);
    const held = hold(options.port === undefined ? 20 : 1, to, options);
    const ports = ascending(held.map(({ client }) => client.localPort));
    expect(blockedPorts()).toEqual(ports);
    for (const { client, server } of held) closeInOrder(client, server);
    expect(blockedPorts()).toEqual(ports);
  });

  it.each<[string, string, ClientOptions]>([
    ['connect() chose', '127.0.0.1', {}],
    ['connect() chose, over IPv6', '::1', {}],
    ['connect() chose for IPv4-mapped sockets', '127.0.0.1', { mapped: true }],
    ['connect() chose for sockets with IP_BIND_ADDRESS_NO_PORT', '127.0.0.1', LATE],
    ['connect() chose for sockets with IP_LOCAL_PORT_RANGE', '127.0.0.1', { portRange: [40_100, 40_199] }],
    ['connect() chose for sockets that are bound to a device', '127.0.0.1', { device: 'lo' }],
  ])('says no for ports that %s, live and in TIME_WAIT, also past the cliff', (_, address, options) => {
    setPortRange(LOW, HIGH);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const to = serve(address, 9000);
    timeWait(45, to, options);
    hold(45, to, options);
    expect(blockedPorts()).toEqual([]);
    fillUntilRefused(to, options);
    expect(blockedPorts()).toEqual([]);
  });

  it('says yes for a port that connect() chose as soon as something else binds to it, and no again afterwards', () => {
    setPortRange(LOW, HIGH);
    const [held] = hold(1, serve('127.0.0.1', 9000));
    const port = held?.client.localPort ?? 0;
    expect(isPortBlocked(port)).toBe(false);
    const binder = NativeSocket.open(AF_INET).bind('127.0.0.9', port);
    expect(isPortBlocked(port)).toBe(true);
    // Before Linux 6.18 the port stays blocked until all of its sockets are gone.
    held?.client.abort();
    binder.close();
    expect(isPortBlocked(port)).toBe(false);
  });

  it('says no for a port that another process asks about at the same time', () => {
    setPortRange(LOW, HIGH);
    const [TCP, REPAIR] = [6, 19];
    const other = NativeSocket.open(AF_INET).option(TCP, REPAIR, 1).localPortRange(40_010, 40_010);
    // As process 1 asks.
    expect(other.tryConnect(encodeSocketAddress('127.0.0.1', 0))).toBeUndefined();
    expect(other.localPort).toBe(40_010);
    expect(isPortBlocked(40_010)).toBe(false);
  });

  it('says no for the ports of a lane to port 1, where it would seem to connect', () => {
    setPortRange(LOW, HIGH);
    hold(10, serve('127.0.0.1', 1));
    expect(blockedPorts()).toEqual([]);
  });

  it('says yes for exactly those ports that it takes no connection from', () => {
    setPortRange(LOW, HIGH);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const [a, b] = [serve('127.0.0.1', 9000), serve('127.0.0.1', 9001)];
    for (const port of [40_010, 40_011]) listenAt('127.0.0.9', port);
    timeWait(70, a, BOUND);
    hold(50, a, BOUND);
    timeWait(20, b, { boundBefore: true });
    hold(40, b, LATE);
    NativeSocket.open(AF_INET6).bind('::1', 0);
    const blocked = blockedPorts();
    expect(blocked.length).toBeGreaterThan(120);
    const taken = new Set(portsTaken(serve('127.0.0.1', 9002)));
    expect(ALL.filter((port) => !taken.has(port))).toEqual(blocked);
  });
});

function portsTaken(to: Server): number[] {
  return fillUntilRefused(to).map(({ client }) => client.localPort);
}

describe('the question', () => {
  usesPrivateNamespace();
  needsKernel(6, 3);

  it('sends no packet, leaves no socket and changes no counter but that of resets, a thousand times', () => {
    setPortRange(LOW, HIGH);
    listenAt('127.0.0.9', 40_010);
    hold(30, serve('127.0.0.1', 9000));
    timeWait(10, serve('127.0.0.1', 9001), BOUND);
    expect(isPortBlocked(LOW)).toBe(false);
    const look = () => ({
      packets: readFileSync('/proc/thread-self/net/dev', 'latin1'),
      sockets: socketStatistics(),
      held: readFileSync('/proc/thread-self/net/sockstat', 'latin1').match(/inuse \d+|tw \d+/g),
      files: readdirSync('/proc/self/fd').length,
    });
    const before = look();
    let blocked = 0;
    const changed = changedCounters(() => {
      for (let asked = 0; asked < 1_000; asked += 1) if (isPortBlocked(LOW + (asked % 200)) === true) blocked += 1;
    });
    expect(blocked).toBe(5 * 11);
    // Its sockets leave ESTABLISHED without a FIN: `tcp_set_state()` counts that as a reset, though none is sent.
    expect(changed).toEqual({ 'Tcp EstabResets': 1_000 - blocked });
    expect(look()).toEqual(before);
  });

  it('keeps no port from a socket that wants it later', () => {
    setPortRange(LOW, HIGH);
    for (const port of ALL) isPortBlocked(port);
    for (const port of ALL) NativeSocket.open(AF_INET).bind('0.0.0.0', port).close();
    expect(fillUntilRefused(serve('127.0.0.1', 9000))).toHaveLength(ALL.length);
  });

  it('is not answered without CAP_NET_ADMIN', () => {
    setPortRange(LOW, HIGH);
    listenAt('127.0.0.1', 40_010);
    const ask = () => [isPortBlocked(40_010), isPortBlocked(40_011)];
    const files = readdirSync('/proc/self/fd').length;
    expect(withoutCapabilities(ask)).toEqual([null, null]);
    expect(readdirSync('/proc/self/fd')).toHaveLength(files);
    expect(ask()).toEqual([true, false]);
  });

  it('is not answered where no address is of this machine: loopback was never raised', () => {
    setPortRange(LOW, HIGH);
    ip('address flush dev lo');
    ip('link set lo down');
    expect(isPortBlocked(40_010)).toBeNull();
  });

  it('is answered where loopback was lowered again', () => {
    setPortRange(LOW, HIGH);
    listenAt('127.0.0.1', 40_010);
    ip('link set lo down');
    expect([isPortBlocked(40_010), isPortBlocked(40_011)]).toEqual([true, false]);
  });

  it('is about ports of the range that are not reserved: those connect() skips too', () => {
    setPortRange(LOW, HIGH);
    reservePorts('40010');
    expect([isPortBlocked(40_010), isPortBlocked(40_011)]).toEqual([true, false]);
  });

  it.each([32_768, 60_999, 1_024, 65_535])('is about port %i where the range ends there', (port) => {
    setPortRange(port, port);
    expect(isPortBlocked(port)).toBe(false);
    listenAt('127.0.0.1', port);
    expect(isPortBlocked(port)).toBe(true);
  });
});
