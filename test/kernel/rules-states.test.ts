import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FindingReport } from '../../src/diagnosis/report.ts';
import { closeWait, orphanFinWait2, synSent } from '../kit/closings.ts';
import { hold, type Server, serve } from '../kit/connections.ts';
import { blackHole } from '../kit/links.ts';
import { createNamespace, inside, type NetworkNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { countedStates, settled } from '../kit/socket-statistics.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { examineHere, findingsOf } from './examination.ts';

const SOL_SOCKET = 1;
const SO_KEEPALIVE = 9;
const PATIENCE_MS = 15_000;

async function findings(code: string): Promise<FindingReport[]> {
  await settled();
  return findingsOf(await examineHere(), code);
}

/** This process, as a finding names it. */
const OWNER: string = `\\(.+ ${process.pid}\\)`;

/** A range of a hundred ports, and a server on loopback. */
let to: Server;
function usesRange(): void {
  usesPrivateNamespace();
  beforeEach(() => {
    setPortRange(40_000, 40_099);
    to = serve('127.0.0.1', 9_000);
  });
}

async function waitUntil(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds() && waited < PATIENCE_MS; waited += 100) await sleep(100);
}

describe('close-wait-leak', () => {
  usesRange();

  it('names who does not close, and is gone when the connections are closed', async () => {
    const leaked = closeWait(12, to);
    const [finding, ...others] = await findings('close-wait-leak');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'warning',
      lane: { source: '127.0.0.1', destination: '127.0.0.1', port: 9_000 },
      evidence: { closeWait: 12, live: 12, slots: 100 },
      remedies: [{ id: 'close-what-leaks' }],
    });
    expect(finding?.summary).toMatch(
      new RegExp(
        `^127\\.0\\.0\\.1>127\\.0\\.0\\.1:9000 ${OWNER} has 12 connections in CLOSE_WAIT, 12\\.0% of its slots: the other end has closed them, .+ ${process.pid} has not\\.$`,
      ),
    );
    for (const socket of leaked) socket.close();
    expect(await findings('close-wait-leak')).toEqual([]);
  });

  it('is critical where half of the slots are lost', async () => {
    closeWait(50, to);
    expect(await findings('close-wait-leak')).toMatchObject([{ severity: 'critical' }]);
  });

  it.each([
    ['few of them', () => closeWait(9, to)],
    ['few beside the live ones', () => [hold(50, to), closeWait(10, to)]],
    ['the other end of them', () => orphanFinWait2(30, to)],
  ])('is none of %s', async (_, prepare) => {
    prepare();
    expect(await findings('close-wait-leak')).toEqual([]);
  });

  it('stays for as long as the program does, but where it has set SO_KEEPALIVE', async () => {
    writeSysctl('ipv4.tcp_fin_timeout', 1);
    writeSysctl('ipv4.tcp_keepalive_time', 2);
    const [kept, probed] = [closeWait(10, to), closeWait(10, to)];
    const left = (): number => countedStates('127.0.0.1', '127.0.0.1', 9_000).CLOSE_WAIT ?? 0;
    expect(left()).toBe(20);
    for (const socket of probed) socket.option(SOL_SOCKET, SO_KEEPALIVE, 1);
    await waitUntil(() => left() < 20);
    await waitUntil(() => left() === kept.length);
    expect(left()).toBe(kept.length);
    expect(await findings('close-wait-leak')).toMatchObject([{ evidence: { closeWait: 10 } }]);
  });
});

describe('syn-sent-pile-up', () => {
  usesRange();
  beforeEach(() => blackHole({ link: 'hole', addresses: ['10.66.0.1/24'] }));
  const dead = { address: '10.66.0.9', port: 80 };

  it('names the destination that does not answer and who waits for it, and is gone when that gives up', async () => {
    const waiting = synSent(11, dead);
    const [finding, ...others] = await findings('syn-sent-pile-up');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'warning',
      evidence: { synSent: 11, live: 11, slots: 100 },
      remedies: [{ id: 'connect-timeout' }],
    });
    expect(finding?.summary).toMatch(
      new RegExp(
        `^10\\.66\\.0\\.1>10\\.66\\.0\\.9:80 ${OWNER} has 11 connections in SYN_SENT, 11\\.0% of its slots: the destination answers none of them, and each waits until its time-out\\.$`,
      ),
    );
    for (const socket of waiting) socket.close();
    expect(await findings('syn-sent-pile-up')).toEqual([]);
  });

  it('is critical where half of the slots wait, beside a lane in good order', async () => {
    hold(30, to);
    synSent(50, dead);
    expect(await findings('syn-sent-pile-up')).toMatchObject([
      { severity: 'critical', lane: { destination: '10.66.0.9' } },
    ]);
  });

  it.each([
    ['few attempts', () => synSent(9, dead)],
    ['connections that were answered', () => hold(60, to)],
  ])('is none of %s', async (_, prepare) => {
    prepare();
    expect(await findings('syn-sent-pile-up')).toEqual([]);
  });
});

describe('fin-wait2-pile-up', () => {
  usesRange();

  it('tells how long each slot is held, and is gone when the other end closes', async () => {
    const servers = orphanFinWait2(20, to);
    const [finding, ...others] = await findings('fin-wait2-pile-up');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'warning',
      summary:
        '127.0.0.1>127.0.0.1:9000 has 20 closed connections in FIN_WAIT2, 20.0% of its slots: the other end does not close them, and each holds its slot for 60 s.',
      evidence: { orphanFinWait2: 20, slots: 100, tcpFinTimeoutSeconds: 60, heldSeconds: 60 },
    });
    expect(finding?.remedies.map(({ id }) => id).sort()).toEqual(['close-from-other-end', 'lower-fin-timeout']);
    for (const server of servers) server.close();
    expect(await findings('fin-wait2-pile-up')).toEqual([]);
  });

  it('is critical where half of the slots are lost', async () => {
    orphanFinWait2(50, to);
    expect(await findings('fin-wait2-pile-up')).toMatchObject([{ severity: 'critical' }]);
  });

  it.each([
    ['few of them', () => void orphanFinWait2(9, to)],
    [
      'connections whose program still reads',
      () => {
        for (const { client, server } of hold(30, to)) {
          client.shutdownWrite();
          server.awaitEnd();
        }
      },
    ],
  ])('is none of %s', async (_, prepare) => {
    prepare();
    expect(await findings('fin-wait2-pile-up')).toEqual([]);
  });

  it('ends sooner with a low tcp_fin_timeout, and with 61 as well', async () => {
    const withSetting = (seconds: number): NetworkNamespace => {
      const namespace = createNamespace();
      inside(namespace, () => {
        setPortRange(40_000, 40_099);
        writeSysctl('ipv4.tcp_fin_timeout', seconds);
        orphanFinWait2(20, serve('127.0.0.1', 9_000));
      });
      return namespace;
    };
    const [low, odd, usual] = [2, 61, 60].map(withSetting) as [NetworkNamespace, NetworkNamespace, NetworkNamespace];
    const left = (namespace: NetworkNamespace): number =>
      inside(namespace, () => countedStates('127.0.0.1', '127.0.0.1', 9_000).FIN_WAIT2 ?? 0);
    await waitUntil(() => left(low) + left(odd) === 0);
    expect([low, odd, usual].map(left)).toEqual([0, 0, 20]);
    const told = [odd, usual].map(async (namespace) =>
      findingsOf(await examineHere({ namespace }), 'fin-wait2-pile-up'),
    );
    expect((await Promise.all(told)).map(({ length }) => length)).toEqual([0, 1]);
  });
});
