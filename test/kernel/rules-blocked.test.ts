import { beforeEach, describe, expect, it } from 'vitest';
import type { FindingReport } from '../../src/diagnosis/report.ts';
import { closeInOrder, timeWait } from '../kit/closings.ts';
import { type ClientOptions, hold, serve, tryConnection } from '../kit/connections.ts';
import { fillUntilRefused } from '../kit/fill.ts';
import { needsKernel } from '../kit/kernel-version.ts';
import { listenAt, NativeSocket } from '../kit/native-socket.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { AF_INET } from '../kit/socket-address.ts';
import { reservePorts, setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { examineHere, findingsOf } from './examination.ts';

const BOUND: ClientOptions = { from: '127.0.0.3', boundBefore: true };

async function findings(code: string): Promise<FindingReport[]> {
  return findingsOf(await examineHere(), code);
}

async function only(code: string): Promise<FindingReport> {
  const found = await findings(code);
  expect(found.map(({ summary }) => summary)).toHaveLength(1);
  return found[0] as FindingReport;
}

/** A range of 200 ports, and TIME_WAIT that nothing takes over. */
function usesRange(): void {
  usesPrivateNamespace();
  beforeEach(() => {
    setPortRange(40_000, 40_199);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
  });
}

/** The kernel takes as many connections to a destination that has none yet. */
function expectUsable(ports: number): void {
  expect(fillUntilRefused(serve('127.0.0.2', 9100))).toHaveLength(ports);
}

describe('shared-pool', () => {
  usesRange();
  needsKernel(6, 3);

  it('names who binds before it connects, and how many ports that takes from all', async () => {
    hold(9, serve('127.0.0.1', 9000), BOUND);
    expect(await findings('shared-pool')).toEqual([]);
    hold(11, serve('127.0.0.1', 9001), BOUND);
    const finding = await only('shared-pool');
    expect(finding).toMatchObject({
      severity: 'info',
      lane: { source: '127.0.0.3' },
      evidence: { source: '127.0.0.3', ports: 20, rangeSize: 200, lanes: 2 },
    });
    expect(finding.summary).toMatch(
      new RegExp(`^Sockets of .+ ${process.pid} that are bound to 127\\.0\\.0\\.3 .+ hold 20 of 200 ports: `),
    );
    expectUsable(180);
  });

  it('is a warning from a quarter of the range on, also where all is closed', async () => {
    timeWait(50, serve('127.0.0.1', 9000), BOUND);
    const finding = await only('shared-pool');
    expect(finding.severity).toBe('warning');
    expect(finding.summary).toContain('hold 50 of 200 ports (all in TIME_WAIT, so that no process owns them):');
    expectUsable(150);
  });

  it('is none of sockets that are bound late, or by connect()', async () => {
    hold(60, serve('127.0.0.1', 9000), { from: '127.0.0.3' });
    timeWait(60, serve('127.0.0.1', 9001));
    expect(await findings('shared-pool')).toEqual([]);
    expectUsable(200);
  });
});

describe('ports-blocked', () => {
  usesRange();
  needsKernel(6, 8);

  const bindIdle = (count: number) =>
    Array.from({ length: count }, () => NativeSocket.open(AF_INET).bind('127.0.0.9', 0));

  it('tells who blocks how many, and goes with them', async () => {
    for (const port of [40_010, 40_011, 40_012]) listenAt('127.0.0.9', port);
    const idle = bindIdle(1);
    expect(await findings('ports-blocked')).toEqual([]);
    idle.push(...bindIdle(6));
    const finding = await only('ports-blocked');
    expect(finding).toMatchObject({ severity: 'info', evidence: { blocked: 10, boundIdle: 7, listeners: 3 } });
    const me = `by .+ ${process.pid}`;
    expect(finding.summary).toMatch(
      new RegExp(`^10 of 200 ports of the range \\(5\\.0%\\) .+: 7 bound and idle ${me} and 3 listened on ${me}\\.$`),
    );
    for (const socket of idle) socket.close();
    expect(await findings('ports-blocked')).toEqual([]);
  });

  it('is critical where no port is left: no connection is taken then', async () => {
    bindIdle(200);
    const finding = await only('ports-blocked');
    expect(finding).toMatchObject({ severity: 'critical', evidence: { usable: 0 } });
    expect(finding.summary).toContain('None of the 200 ports of the range is usable (200 bound and idle by ');
    expectUsable(0);
  });

  it('is critical where all are reserved', async () => {
    reservePorts('40000-40199');
    expect((await only('ports-blocked')).summary).toContain('(200 reserved)');
    expectUsable(0);
  });
});

describe('ports-stay-blocked', () => {
  usesRange();
  needsKernel(6, 3);

  /** Ports of the range that connect() takes first: the census does not ask about them. */
  const PORTS = [40_010, 40_020, 40_030, 40_040, 40_050];

  it('tells of ports whose listener is gone and whose connections live on', async () => {
    const servers = PORTS.map((port) => serve('127.0.0.1', port));
    const held = servers.map((to) => hold(3, to));
    expect(await findings('ports-stay-blocked')).toEqual([]);
    for (const { listener } of servers) listener.close();
    const finding = await only('ports-stay-blocked');
    expect(finding).toMatchObject({ severity: 'info', evidence: { estimatedPorts: 5, blocked: 5, examples: PORTS } });
    expect(finding.summary).toBe(
      '5 of 200 ports of the range (2.5%) stay blocked for every lane, though no visible socket is bound to them (40010, 40020, 40030, 40040 and 40050).',
    );
    const taken = new Set(fillUntilRefused(serve('127.0.0.2', 9100)).map(({ client }) => client.localPort));
    expect(taken.size).toBe(195);
    expect(PORTS.some((port) => taken.has(port))).toBe(false);
    for (const { client, server } of held.flat()) closeInOrder(client, server);
    expect(await findings('ports-stay-blocked')).toEqual([]);
  });

  it('tells of ports that were bound explicitly and are in TIME_WAIT', async () => {
    const to = serve('127.0.0.1', 9000);
    for (const port of PORTS) timeWait(1, to, { port });
    expect((await only('ports-stay-blocked')).evidence).toMatchObject({ estimatedPorts: 5, examples: PORTS });
    expectUsable(195);
  });

  it('is silent where the kernel cannot be asked, or is not', async () => {
    const to = serve('127.0.0.1', 9000);
    for (const port of PORTS) timeWait(1, to, { port });
    for (const options of [{ thorough: false }, { askAboutPorts: false }]) {
      expect(findingsOf(await examineHere(options), 'ports-stay-blocked')).toEqual([]);
    }
  });

  it('is silent where everything that blocks can be seen, and connect() chose the rest', async () => {
    const to = serve('127.0.0.1', 9000);
    for (const port of PORTS) listenAt('127.0.0.9', port);
    hold(20, to, BOUND);
    timeWait(20, to, BOUND);
    hold(40, to);
    timeWait(40, to);
    expect(await findings('ports-stay-blocked')).toEqual([]);
  });
});

describe('listener-in-range', () => {
  usesRange();

  it('names port and process, until the port is reserved', async () => {
    listenAt('127.0.0.1', 40_010);
    listenAt('127.0.0.1', 39_999);
    const finding = await only('listener-in-range');
    expect(finding.severity).toBe('info');
    expect(finding.summary).toMatch(
      new RegExp(`^Port 40010, inside the ephemeral range and not reserved, is listened on by .+ ${process.pid}: `),
    );
    reservePorts('40010');
    expect(await findings('listener-in-range')).toEqual([]);
  });

  it('is right: a connection can take the port while nobody listens, live or in TIME_WAIT', async () => {
    setPortRange(40_010, 40_011);
    const listener = listenAt('127.0.0.9', 40_010);
    expect(await findings('listener-in-range')).toHaveLength(1);
    listener.close();
    const to = serve('127.0.0.1', 9000);
    const held = hold(2, to);
    const restart = (): string | undefined => NativeSocket.open(AF_INET).reuseAddress().tryBind('0.0.0.0', 40_010);
    expect(restart()).toBe('EADDRINUSE');
    for (const { client, server } of held) closeInOrder(client, server);
    expect(restart()).toBe('EADDRINUSE');
  });

  it('is a warning where a lane holds half of the ports', async () => {
    listenAt('127.0.0.1', 40_010);
    const to = serve('127.0.0.1', 9000);
    hold(99, to);
    expect((await only('listener-in-range')).severity).toBe('info');
    hold(1, to);
    const finding = await only('listener-in-range');
    expect(finding.severity).toBe('warning');
    expect(finding.summary).toContain('held by 127.0.0.1>127.0.0.1:9000 (');
    expect(typeof tryConnection(to)).toBe('object');
  });

  it('lists all of one address together', async () => {
    for (const port of [40_010, 40_011, 40_020, 40_030, 40_040, 40_050, 40_060]) listenAt('127.0.0.1', port);
    expect((await only('listener-in-range')).summary).toMatch(
      /^7 ports inside the ephemeral range, none of them reserved, are listened on \(40010-40011, 40020, 40030, 40040 and 40050 by .+, 1 more\): /,
    );
  });
});
