import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FindingReport } from '../../src/diagnosis/report.ts';
import { timeWait, timeWaitAtServer } from '../kit/closings.ts';
import { hold, type Server, serve, tryConnection } from '../kit/connections.ts';
import { fillUntilRefused, fillWithTimeWait } from '../kit/fill.ts';
import { addAddress, joinTo } from '../kit/links.ts';
import { createNamespace, inside, type NetworkNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { settled } from '../kit/socket-statistics.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { examineHere, findingsOf } from './examination.ts';

/** More than the second after which the kernel takes a slot over; before 6.14 it is the second full one of the clock. */
const OLD_MS = 2_200;

async function findings(code: string): Promise<FindingReport[]> {
  await settled();
  return findingsOf(await examineHere(), code);
}

describe('time-wait-overflow', () => {
  usesPrivateNamespace();

  it('is a warning at the limit, whichever end has the sockets, and information above', async () => {
    const to = serve('127.0.0.1', 9_000);
    writeSysctl('ipv4.tcp_max_tw_buckets', 20);
    timeWaitAtServer(15, to);
    timeWait(12, to);
    expect(await findings('time-wait-overflow')).toMatchObject([
      {
        severity: 'warning',
        summary:
          '20 sockets are in TIME_WAIT, of at most 20 (tcp_max_tw_buckets): the kernel closes what comes on top without its protection, 7 connections so far.',
        evidence: { timeWaitOverflows: 7, timeWaitNow: 20, tcpMaxTwBuckets: 20 },
        remedies: [],
      },
    ]);
    writeSysctl('ipv4.tcp_max_tw_buckets', 1_000);
    timeWait(5, to);
    expect(await findings('time-wait-overflow')).toMatchObject([
      {
        severity: 'info',
        summary:
          'The kernel has closed 7 connections without the protection of TIME_WAIT since the namespace was made, because tcp_max_tw_buckets (now 1,000) was reached; now 25 sockets are in TIME_WAIT.',
      },
    ]);
  });

  it('is none where the limit is held, nor where a negative one is none', async () => {
    const to = serve('127.0.0.1', 9_000);
    writeSysctl('ipv4.tcp_max_tw_buckets', 20);
    timeWait(20, to);
    expect(await findings('time-wait-overflow')).toEqual([]);
    writeSysctl('ipv4.tcp_max_tw_buckets', -1);
    timeWait(20, to);
    expect(await findings('time-wait-overflow')).toEqual([]);
  });
});

describe('reuse-unavailable', () => {
  usesPrivateNamespace();
  beforeEach(() => setPortRange(40_000, 40_099));

  /** A server at a private address of this machine: with the default of tcp_tw_reuse that is no loopback. */
  function privately(): Server {
    addAddress('lo', '10.0.0.5/32');
    return serve('10.0.0.5', 9_000);
  }

  /** A server on another machine. */
  function elsewhere(): { readonly to: Server; readonly other: NetworkNamespace } {
    const other = createNamespace();
    joinTo(other, { link: 'near', addresses: ['10.77.0.1/24'] }, { link: 'far', addresses: ['10.77.0.2/24'] });
    return { to: inside(other, () => serve('10.77.0.2', 80)), other };
  }

  it('names the default that is for loopback only, and is gone with what its remedy sets', async () => {
    const to = privately();
    expect(fillWithTimeWait(to)).toBe(100);
    const [finding, ...others] = await findings('reuse-unavailable');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'warning',
      summary:
        '10.0.0.5>10.0.0.5:9000 has 100 of its 100 slots in TIME_WAIT, and connect() can take over none of them: tcp_tw_reuse is 2 (loopback only, the default).',
    });
    expect(finding?.remedies.map(({ id }) => id)).toContain('tcp-tw-reuse');
    await sleep(OLD_MS);
    expect(tryConnection(to)).toBe('EADDRNOTAVAIL');
    writeSysctl('ipv4.tcp_tw_reuse', 1);
    expect(await findings('reuse-unavailable')).toEqual([]);
    expect(fillUntilRefused(to)).toHaveLength(100);
  });

  it('names timestamps that are off here', async () => {
    writeSysctl('ipv4.tcp_timestamps', 0);
    writeSysctl('ipv4.tcp_tw_reuse', 1);
    const to = privately();
    timeWait(60, to);
    expect(await findings('reuse-unavailable')).toMatchObject([
      {
        severity: 'info',
        summary:
          '10.0.0.5>10.0.0.5:9000 has 60 of its 100 slots in TIME_WAIT, and connect() can take over none of them: tcp_timestamps is 0 (off) here.',
      },
    ]);
  });

  it('names timestamps that the other end does without: no setting here helps', async () => {
    writeSysctl('ipv4.tcp_tw_reuse', 1);
    const { to, other } = elsewhere();
    inside(other, () => writeSysctl('ipv4.tcp_timestamps', 0));
    timeWait(95, to);
    hold(5, to);
    const [finding] = await findings('reuse-unavailable');
    expect(finding?.severity).toBe('warning');
    expect(finding?.summary).toContain(
      'has 95 of its 100 slots in TIME_WAIT, and connect() can take over none of them: 10.77.0.2 does without TCP timestamps.',
    );
    expect(finding?.remedies.map(({ id }) => id)).not.toContain('tcp-tw-reuse');
    await sleep(OLD_MS);
    expect(tryConnection(to)).toBe('EADDRNOTAVAIL');
  });

  it('says what is not known where no live connection shows the timestamps of the other end', async () => {
    const { to } = elsewhere();
    timeWait(60, to);
    writeSysctl('ipv4.tcp_tw_reuse', 1);
    const [finding] = await findings('reuse-unavailable');
    expect(finding).toMatchObject({ severity: 'info', evidence: { obstacles: null } });
    expect(finding?.summary).toContain('but no live connection shows whether 10.77.0.2 has TCP timestamps.');
    hold(1, to);
    expect(await findings('reuse-unavailable')).toEqual([]);
  });

  it('is none of loopback, where the default applies, nor of a lane that is mostly live', async () => {
    const to = serve('127.0.0.1', 9_000);
    timeWait(80, to);
    const other = privately();
    hold(55, other);
    timeWait(45, other);
    expect(await findings('reuse-unavailable')).toEqual([]);
  });
});

describe('inbound-time-wait', () => {
  usesPrivateNamespace();

  it('names the listener that has it, whose sockets take no port from anyone', async () => {
    const [busy, idle] = [serve('127.0.0.1', 9_000), serve('127.0.0.1', 9_001)];
    timeWaitAtServer(60, busy);
    timeWaitAtServer(5, idle);
    setPortRange(40_000, 40_099);
    const [finding, ...others] = await findings('inbound-time-wait');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'info',
      evidence: { timeWaitOutsideLanes: 65, endpoint: '127.0.0.1:9000', endpointTimeWait: 60 },
      remedies: [],
    });
    expect(finding?.summary).toMatch(
      new RegExp(
        `^65 sockets in TIME_WAIT use no ephemeral port, 60 of them on the port of the listener 127\\.0\\.0\\.1:9000 \\(.+ ${process.pid}\\): do nothing about them\\.$`,
      ),
    );
    expect(fillUntilRefused(busy)).toHaveLength(100);
  });

  it('is none of a few, nor of TIME_WAIT that does hold slots', async () => {
    const to = serve('127.0.0.1', 9_000);
    timeWaitAtServer(9, to);
    setPortRange(40_000, 40_099);
    timeWait(60, to);
    expect(await findings('inbound-time-wait')).toEqual([]);
  });
});
