import { readSync, writeSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FindingReport } from '../../src/diagnosis/report.ts';
import { timeWait, timeWaitAtServer } from '../kit/closings.ts';
import { hold, serve } from '../kit/connections.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { settled } from '../kit/socket-statistics.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { examineHere, findingsOf } from './examination.ts';

const BYTES = 300;

usesPrivateNamespace();
beforeEach(() => {
  setPortRange(40_000, 40_399);
  writeSysctl('ipv4.tcp_tw_reuse', 0);
});

async function found(): Promise<FindingReport[]> {
  await settled();
  return findingsOf(await examineHere(), 'short-connections');
}

describe('many short connections', () => {
  it('are found, with their rate, their life and what each carries', async () => {
    const server = serve('127.0.0.1', 8080);
    timeWait(250, server);
    const open = hold(2, server);
    for (const { client } of open) writeSync(client.fd, new Uint8Array(BYTES));
    for (const end of open) readSync(end.server.fd, new Uint8Array(BYTES));
    const [finding, ...others] = await found();
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'warning',
      lane: { source: '127.0.0.1', destination: '127.0.0.1', port: 8080 },
      summary: expect.stringMatching(
        /^127\.0\.0\.1>127\.0\.0\.1:8080 \(.+ \d+\) opens \d+ connections per second that/,
      ),
      evidence: { timeWait: 250, used: 252, slots: 400, bytesPerConnection: BYTES, keptConnections: 2 },
    });
    const evidence = finding?.evidence as { opensPerSecond: number; holdSeconds: number };
    expect(evidence.opensPerSecond * evidence.holdSeconds).toBeCloseTo(2, 2);
    expect(finding?.remedies.map(({ id }) => id).sort()).toEqual(['close-from-other-end', 'keep-connections']);
  });

  it('are no more than information where half of the slots is free', async () => {
    timeWait(120, serve('127.0.0.1', 8080));
    const findings = await found();
    expect(findings.map(({ evidence }) => evidence.timeWait)).toEqual([120]);
    expect(findings[0]?.summary).toContain('so short that none is open now');
  });
});

describe('nothing is said of connections', () => {
  it('that are kept', async () => {
    hold(300, serve('127.0.0.1', 8080));
    expect(await found()).toEqual([]);
  });

  it('that live on beside those that are over', async () => {
    const server = serve('127.0.0.1', 8080);
    timeWait(150, server);
    hold(150, server);
    expect(await found()).toEqual([]);
  });

  it('that the other end closes', async () => {
    timeWaitAtServer(250, serve('127.0.0.1', 8080));
    expect(await found()).toEqual([]);
  });

  it('that are few', async () => {
    timeWait(60, serve('127.0.0.1', 8080));
    expect(await found()).toEqual([]);
  });
});
