import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import type { FourTuple } from '../../src/linux/inet-diag-request.ts';
import { takesOverTimeWait } from '../../src/linux/reuse-probe.ts';
import { parseAddress, withoutZone } from '../../src/tcp/address.ts';
import { closeInOrder } from '../kit/closings.ts';
import { type ClientOptions, connection, type Server, serve, tryConnection } from '../kit/connections.ts';
import { changedCounters } from '../kit/counters.ts';
import { ip } from '../kit/ip-command.ts';
import { needsKernel, needsSysctl } from '../kit/kernel-version.ts';
import { addAddress, joinTo } from '../kit/links.ts';
import { NativeSocket } from '../kit/native-socket.ts';
import { createNamespace, inside } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { AF_INET } from '../kit/socket-address.ts';
import { type StatisticsRow, socketStatistics } from '../kit/socket-statistics.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { withoutCapabilities } from '../kit/without-capabilities.ts';

const HERE = '10.9.1.9';
/** The interface `lo` has this index in every namespace. */
const LOOPBACK = 1;

usesPrivateNamespace();
needsKernel(6, 3);
needsSysctl('ipv4.tcp_tw_reuse_delay');

/** Makes connect() wait for as long as it can, or hardly at all, before it takes over a TIME_WAIT slot. */
function setDelay(milliseconds: number): void {
  writeSysctl('ipv4.tcp_tw_reuse_delay', milliseconds);
}
const [LONG, SHORT] = [60_000, 1];

/** A connection that its client has closed. */
function timeWaitTuple(to: Server, source: string, options: ClientOptions = {}, interfaceIndex = 0): FourTuple {
  const { client, server } = connection(to, options);
  const sourcePort = client.localPort;
  closeInOrder(client, server);
  return {
    source: parseAddress(withoutZone(source)),
    sourcePort,
    destination: parseAddress(withoutZone(to.address)),
    destinationPort: to.port,
    interfaceIndex,
  };
}

/** Once it is old enough. */
async function expectTakenOver(tuple: FourTuple): Promise<void> {
  setDelay(SHORT);
  await vi.waitFor(() => expect(takesOverTimeWait(tuple)).toBe(true), { interval: 2 });
}

function rowsAt(port: number): StatisticsRow[] {
  return socketStatistics().filter(({ sourcePort }) => sourcePort === port);
}

function networkHere(): void {
  setPortRange(40_000, 40_063);
  addAddress('lo', `${HERE}/32`);
  writeSysctl('ipv4.tcp_tw_reuse', 1);
  setDelay(LONG);
}

describe('connect() takes over a TIME_WAIT slot', () => {
  it.each<[string, string, ClientOptions, number]>([
    ['over IPv4', HERE, {}, 0],
    ['over IPv4-mapped IPv6', HERE, { mapped: true }, 0],
    ['over loopback', '127.0.0.1', {}, 0],
    ['over IPv6', '::1', {}, 0],
    ['of a socket that was bound to a device', HERE, { device: 'lo' }, LOOPBACK],
    ['of a socket that was bound late', HERE, { from: HERE }, 0],
  ])('%s, as soon as it is older than the delay', async (_, address, options, interfaceIndex) => {
    networkHere();
    const tuple = timeWaitTuple(serve(address, 9000), address, options, interfaceIndex);
    expect(takesOverTimeWait(tuple)).toBe(false);
    expect(rowsAt(tuple.sourcePort)).toMatchObject([{ state: 'TIME_WAIT' }]);
    await expectTakenOver(tuple);
    expect(rowsAt(tuple.sourcePort)).toEqual([]);
  });

  it('between link-local addresses', async () => {
    networkHere();
    const other = createNamespace();
    joinTo(other, { link: 'near', addresses: ['fe80::1/64'] }, { link: 'far', addresses: ['fe80::2/64'] });
    const elsewhere = inside(other, () => serve('fe80::2%far', 9000));
    const to = { ...elsewhere, address: 'fe80::2%near' };
    const tuple = timeWaitTuple(to, 'fe80::1', {}, Number.parseInt(ip('-o link show near'), 10));
    expect(takesOverTimeWait(tuple)).toBe(false);
    await expectTakenOver(tuple);
    expect(rowsAt(tuple.sourcePort)).toEqual([]);
  });

  it('whose slot is free afterwards', async () => {
    networkHere();
    setPortRange(40_000, 40_001);
    const to = serve(HERE, 9000);
    const [first, second] = [timeWaitTuple(to, HERE), timeWaitTuple(to, HERE)];
    expect(tryConnection(to)).toBe('EADDRNOTAVAIL');
    await expectTakenOver(first);
    setDelay(LONG);
    const { client } = connection(to);
    expect(client.localPort).toBe(first.sourcePort);
    expect(rowsAt(second.sourcePort)).toMatchObject([{ state: 'TIME_WAIT' }]);
  });
});

describe('connect() is refused a TIME_WAIT slot', () => {
  it.each([
    ['where tcp_tw_reuse is off', HERE, 0],
    ['where tcp_tw_reuse is for loopback, and this is not', HERE, 2],
  ])('%s', async (_, address, value) => {
    networkHere();
    const to = serve(address, 9000);
    const [tuple, other] = [timeWaitTuple(to, address), timeWaitTuple(to, address)];
    await expectTakenOver(other);
    writeSysctl('ipv4.tcp_tw_reuse', value);
    expect(takesOverTimeWait(tuple)).toBe(false);
    expect(rowsAt(tuple.sourcePort)).toMatchObject([{ state: 'TIME_WAIT' }]);
    writeSysctl('ipv4.tcp_tw_reuse', 1);
    expect(takesOverTimeWait(tuple)).toBe(true);
  });

  it('whose connection had no timestamps', async () => {
    networkHere();
    const to = serve(HERE, 9000);
    writeSysctl('ipv4.tcp_timestamps', 0);
    const tuple = timeWaitTuple(to, HERE);
    writeSysctl('ipv4.tcp_timestamps', 1);
    await expectTakenOver(timeWaitTuple(to, HERE));
    expect(takesOverTimeWait(tuple)).toBe(false);
  });

  it('that something else has bound to', async () => {
    networkHere();
    const to = serve(HERE, 9000);
    const [tuple, other] = [timeWaitTuple(to, HERE), timeWaitTuple(to, HERE)];
    await expectTakenOver(other);
    NativeSocket.open(AF_INET).bind('127.0.0.9', tuple.sourcePort);
    expect(takesOverTimeWait(tuple)).toBe(false);
  });
});

describe('the question', () => {
  it('sends no packet, leaves no socket, and is counted as one slot taken over and one reset', async () => {
    networkHere();
    const to = serve(HERE, 9000);
    const [first, second] = [timeWaitTuple(to, HERE), timeWaitTuple(to, HERE)];
    await expectTakenOver(first);
    const look = () => ({
      packets: readFileSync('/proc/thread-self/net/dev', 'latin1'),
      files: readdirSync('/proc/self/fd').length,
      sockets: socketStatistics().filter(({ sourcePort }) => sourcePort !== second.sourcePort),
    });
    const before = look();
    setDelay(LONG);
    const refused = changedCounters(() => expect(takesOverTimeWait(second)).toBe(false));
    expect(refused).toEqual({});
    expect(rowsAt(second.sourcePort)).toMatchObject([{ state: 'TIME_WAIT' }]);
    setDelay(SHORT);
    const taken = changedCounters(() => expect(takesOverTimeWait(second)).toBe(true));
    // Its socket leaves ESTABLISHED without a FIN: `tcp_set_state()` counts that as a reset, though none is sent.
    expect(taken).toEqual({ 'TcpExt TWRecycled': 1, 'Tcp EstabResets': 1 });
    expect(rowsAt(second.sourcePort)).toEqual([]);
    expect(look()).toEqual(before);
  });

  it('is not answered without CAP_NET_ADMIN', async () => {
    networkHere();
    const tuple = timeWaitTuple(serve(HERE, 9000), HERE);
    const files = readdirSync('/proc/self/fd').length;
    expect(withoutCapabilities(() => takesOverTimeWait(tuple))).toBeNull();
    expect(readdirSync('/proc/self/fd')).toHaveLength(files);
    await expectTakenOver(tuple);
  });

  it('is not answered for an address that is not of this machine, nor for a device that is not there', () => {
    networkHere();
    const tuple = timeWaitTuple(serve(HERE, 9000), HERE);
    expect(takesOverTimeWait({ ...tuple, source: parseAddress('10.9.1.8') })).toBeNull();
    expect(takesOverTimeWait({ ...tuple, interfaceIndex: 4_711 })).toBeNull();
  });
});
