import { beforeEach, describe, expect, it } from 'vitest';
import type { NamespaceReport } from '../../src/diagnosis/report.ts';
import { type NetlinkTransport, openNetlink } from '../../src/linux/netlink-transport.ts';
import { ProcNetTcp } from '../../src/linux/proc-net-tcp.ts';
import { SockDiag } from '../../src/linux/sock-diag.ts';
import { FourtupleError } from '../../src/tcp/error.ts';
import { CONNECTED_STATES, stateMask, TcpState } from '../../src/tcp/state.ts';
import { keys, socketSourceContract } from '../contract/socket-source.ts';
import { closeWait, orphanFinWait2, synSent, timeWait, timeWaitAtServer } from '../kit/closings.ts';
import { hold, serve } from '../kit/connections.ts';
import { fillUntilRefused } from '../kit/fill.ts';
import { addAddress, blackHole } from '../kit/links.ts';
import { listenAt, NativeSocket } from '../kit/native-socket.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { AF_INET } from '../kit/socket-address.ts';
import { shareWithProcess } from '../kit/socket-sharing.ts';
import { settled, socketStatistics } from '../kit/socket-statistics.ts';
import { reservePorts, setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { laneOf, laneTo } from './agreement.ts';
import { MODES, type Mode, observe } from './observe.ts';

const EVERYTHING = { states: CONNECTED_STATES | stateMask(TcpState.LISTEN) };

/** Sockets in every state that stays, and settings that matter. */
function populate(): void {
  setPortRange(40_000, 40_199);
  reservePorts('40150');
  writeSysctl('ipv4.tcp_tw_reuse', 0);
  blackHole({ link: 'hole', addresses: ['10.66.0.1/24', 'fd66::1/64', 'fe80::66/64'] });
  addAddress('lo', '10.0.0.5/32');
  listenAt('127.0.0.9', 40_020);
  listenAt('::', 40_021);
  const inbound = serve('127.0.0.1', 40_050);
  const [a, b, six] = [serve('127.0.0.1', 9000), serve('10.0.0.5', 9000), serve('::1', 9000)];
  hold(7, a);
  hold(3, a, { mapped: true });
  timeWait(11, a);
  timeWait(2, a, { mapped: true });
  closeWait(3, b);
  orphanFinWait2(5, b, { from: '127.0.0.7' });
  hold(6, six);
  timeWait(5, six);
  hold(2, inbound);
  timeWaitAtServer(4, a);
  synSent(3, { address: '10.66.0.9', port: 80 });
  synSent(2, { address: 'fd66::9', port: 80 });
}

/** What is bound to a device, or to a link by its address. */
function populateDevices(): void {
  hold(4, serve('127.0.0.1', 9001), { device: 'lo' });
  synSent(1, { address: 'fe80::9%hole', port: 80 });
}

/** The kernel refuses the request for all families as it refuses every one that it does not know. */
function openByFamily(): SockDiag {
  const [TCPDIAG_GETSOCK, UNKNOWN, TYPE] = [18, 17, 4];
  const spoil = (request: Uint8Array): Uint8Array => {
    const spoilt = request.slice();
    const view = new DataView(spoilt.buffer);
    if (view.getUint16(TYPE, true) === TCPDIAG_GETSOCK) view.setUint16(TYPE, UNKNOWN, true);
    return spoilt;
  };
  return new SockDiag(() => {
    const kernel = openNetlink(4, 'list TCP sockets');
    const transport: NetlinkTransport = {
      send: (request) => kernel.send(spoil(request)),
      sendInBackground: (request) => kernel.sendInBackground(spoil(request)),
      receive: (into) => kernel.receive(into),
      close: () => kernel.close(),
      get kernelSeconds() {
        return kernel.kernelSeconds;
      },
    };
    return transport;
  });
}

function noSockDiag(): SockDiag {
  throw new FourtupleError('FT_UNSUPPORTED', 'no netlink socket: EPROTONOSUPPORT');
}

describe('on the sockets of this kernel', () => {
  usesPrivateNamespace();
  beforeEach(async () => {
    populate();
    populateDevices();
    await settled();
  });

  const make = (open: () => SockDiag) => () => {
    const source = open();
    return { source, close: () => source.close() };
  };
  socketSourceContract('sock_diag', make(SockDiag.open));
  socketSourceContract('sock_diag, asked for each family,', make(openByFamily));
  socketSourceContract('/proc/net/tcp', () => ({ source: new ProcNetTcp() }));

  it('all sources give the same ones, as many as ss', () => {
    const [diag, byFamily] = [SockDiag.open(), openByFamily()];
    const all = keys(diag, EVERYTHING);
    expect(keys(byFamily, EVERYTHING)).toEqual(all);
    expect(keys(new ProcNetTcp(), EVERYTHING)).toEqual(all);
    expect(all).toHaveLength(socketStatistics().length);
    for (const source of [diag, byFamily]) source.close();
  });
});

describe.each(MODES)('the census by another source, %s,', (mode) => {
  usesPrivateNamespace();

  it('/proc/net/tcp: has the same lanes, states, blocked ports and owners, and says what it does not show', async () => {
    populate();
    const shared = hold(5, serve('127.0.0.1', 9002));
    const pid = await shareWithProcess(...shared.map(({ client }) => client));
    for (const { client } of shared) client.close();
    await settled();
    const [diag, proc] = await observeBySource(mode, noSockDiag);
    expect(diag.lanes).toHaveLength(8);
    expect(proc).toEqual({ ...diag, source: '/proc/net/tcp', notes: [NOTE] });
    expect(diag).toMatchObject({ source: 'sock_diag', notes: [] });
    expect(laneOf(proc, laneTo({ address: '127.0.0.1', port: 9002 }, '127.0.0.1')).processes).toMatchObject([
      { pid, name: 'sleep', sockets: 5 },
    ]);
  });

  it('/proc/net/tcp: calls as many slots free as the kernel takes connections, but for bound and idle ports', async () => {
    populate();
    await settled();
    const to = serve('127.0.0.1', 9003);
    const { usable } = (await observe({ mode, openSockDiag: noSockDiag })).ports;
    expect(fillUntilRefused(to)).toHaveLength(usable);
    NativeSocket.open(AF_INET).bind('127.0.0.9', 40_010);
    expect((await observe({ mode, openSockDiag: noSockDiag })).ports.usable).toBe(usable);
    expect(fillUntilRefused(serve('127.0.0.1', 9004))).toHaveLength(usable - 1);
  });

  it('/proc/net/tcp: knows no devices, and counts their lanes with those of all', async () => {
    const to = serve('127.0.0.1', 9000);
    hold(5, to);
    hold(4, to, { device: 'lo' });
    const [diag, proc] = await observeBySource(mode, noSockDiag);
    expect(diag.lanes).toMatchObject([
      { device: null, used: 5 },
      { device: 'lo', used: 4 },
    ]);
    expect(proc.lanes).toMatchObject([{ device: null, used: 9 }]);
  });

  it('sock_diag asked for each family: is the same, and says that bound ports were not listed', async () => {
    populate();
    populateDevices();
    await settled();
    const [diag, byFamily] = await observeBySource(mode, openByFamily);
    expect(diag.lanes).toHaveLength(9);
    expect(byFamily).toEqual({
      ...diag,
      notes: [expect.stringMatching(/^Ports that are bound and idle, or bound to/)],
    });
  });
});

const NOTE =
  'sock_diag cannot be used (no netlink socket: EPROTONOSUPPORT): /proc/net/tcp is read instead, which is slower, does not show ports that are bound and idle, and counts sockets bound to different devices together.';

/** Without the rates, which change from one census to the next. */
async function observeBySource(mode: Mode, openSockDiag: () => SockDiag): Promise<[NamespaceReport, NamespaceReport]> {
  const withoutRates = (report: NamespaceReport): NamespaceReport => ({
    ...report,
    lanes: report.lanes.map((lane) => ({ ...lane, opensPerSecond: null })),
  });
  const diag = await observe({ mode, owners: true });
  return [withoutRates(diag), withoutRates(await observe({ mode, owners: true, openSockDiag }))];
}
