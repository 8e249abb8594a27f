import { beforeEach, describe, expect, it } from 'vitest';
import type { FindingReport } from '../../src/diagnosis/report.ts';
import { closeWait, timeWait } from '../kit/closings.ts';
import { type ClientOptions, hold, serve, tryConnection } from '../kit/connections.ts';
import { fillUntilRefused, fillWithSynSent, fillWithTimeWait } from '../kit/fill.ts';
import { needsSysctl } from '../kit/kernel-version.ts';
import { addAddress, blackHole, joinTo } from '../kit/links.ts';
import { createNamespace, inside } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { examineHere, findingsOf } from './examination.ts';

/** The codes of findings about the lane to a port, the most severe first. */
async function codesOf(port: number): Promise<string[]> {
  const { findings } = await examineHere();
  return findings.filter(({ lane }) => lane?.port === port).map(({ code }) => code);
}

async function only(code: string): Promise<FindingReport> {
  const found = findingsOf(await examineHere(), code);
  expect(found.map(({ summary }) => summary)).toHaveLength(1);
  return found[0] as FindingReport;
}

const idsOf = ({ remedies }: FindingReport): string[] => remedies.map(({ id }) => id);

/** A range of 100 ports, and TIME_WAIT that nothing takes over. */
function usesRange(): void {
  usesPrivateNamespace();
  beforeEach(() => {
    setPortRange(40_000, 40_099);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
  });
}

describe('lane-exhausted', () => {
  usesRange();

  it('comes with the refusal of the kernel, and not one connection before', async () => {
    const to = serve('127.0.0.1', 9000);
    hold(99, to);
    expect(await codesOf(9000)).not.toContain('lane-exhausted');
    hold(1, to);
    expect(tryConnection(to)).toBe('EADDRNOTAVAIL');
    const finding = await only('lane-exhausted');
    expect(finding).toMatchObject({
      severity: 'critical',
      lane: { source: '127.0.0.1', destination: '127.0.0.1', port: 9000 },
      evidence: { slots: 100, used: 100, free: 0, mainCause: 'open' },
    });
    expect(finding.summary).toMatch(
      /^127\.0\.0\.1>127\.0\.0\.1:9000 \(.+ \d+\) is exhausted: all 100 slots are taken \(100 open\), so connect\(\) fails with EADDRNOTAVAIL\.$/,
    );
    expect(finding.summary).toContain(` ${process.pid})`);
    expect(idsOf(finding)).toEqual(expect.arrayContaining(['wider-range', 'more-destination-ports']));
  });

  it('of TIME_WAIT names nobody, and offers to shorten it', async () => {
    const to = serve('127.0.0.1', 9000);
    fillWithTimeWait(to);
    const finding = await only('lane-exhausted');
    expect(finding.summary).toBe(
      '127.0.0.1>127.0.0.1:9000 is exhausted: all 100 slots are in TIME_WAIT, left by connections that are closed already and belong to no process, so connect() fails with EADDRNOTAVAIL.',
    );
    expect(idsOf(finding)).toEqual(
      expect.arrayContaining(['tcp-tw-reuse', 'keep-connections', 'close-from-other-end']),
    );
    expect(finding.unhelpful.map(({ what }) => what)).toContain('lower tcp_fin_timeout');
  });

  it('of a leak offers to close, of silence to give up sooner', async () => {
    closeWait(100, serve('127.0.0.1', 9000));
    blackHole({ link: 'hole', addresses: ['10.66.0.1/24'] });
    fillWithSynSent({ address: '10.66.0.9', port: 9001 });
    const found = findingsOf(await examineHere(), 'lane-exhausted');
    const remedies = Object.fromEntries(found.map((finding) => [finding.lane?.port, idsOf(finding)]));
    expect(remedies).toEqual({ 9000: ['close-what-leaks'], 9001: ['connect-timeout'] });
  });

  it('of a shared pool is one for all its lanes, and bind() is what fails', async () => {
    const bound: ClientOptions = { from: '127.0.0.3', boundBefore: true };
    const upstreams = Array.from({ length: 10 }, (_, index) => serve('127.0.0.1', 9000 + index));
    for (let round = 0; round < 10; round += 1) for (const to of upstreams) hold(1, to, bound);
    for (const to of upstreams) expect(tryConnection(to, bound)).toBe('EADDRINUSE');
    const finding = await only('lane-exhausted');
    expect(finding.summary).toContain('and 9 more lanes of 127.0.0.3 are exhausted:');
    expect(finding.summary).toContain('hold 100 ports (100 open) and leave none, so bind() fails with EADDRINUSE');
    expect(idsOf(finding)).toContain('bind-address-no-port');
  });

  it('stays away where the kernel takes TIME_WAIT over', async () => {
    const to = serve('127.0.0.1', 9000);
    fillWithTimeWait(to);
    writeSysctl('ipv4.tcp_tw_reuse', 1);
    // The delay, and before Linux 6.14 the rest of a second of the clock.
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    expect(await codesOf(9000)).toEqual([]);
    expect(fillUntilRefused(to)).toHaveLength(100);
    expect(await codesOf(9000)).toEqual(['lane-exhausted']);
  });

  it('is a warning where only the far end knows whether TIME_WAIT can be taken over', async () => {
    const far = createNamespace();
    const addresses = ['10.77.0.1/24', '10.77.0.2/24'] as const;
    joinTo(far, { link: 'near', addresses: [addresses[0]] }, { link: 'far', addresses: [addresses[1]] });
    const to = inside(far, () => serve('10.77.0.2', 9000));
    expect(fillWithTimeWait(to)).toBe(100);
    writeSysctl('ipv4.tcp_tw_reuse', 1);
    expect(await only('lane-exhausted')).toMatchObject({
      severity: 'warning',
      summary:
        '10.77.0.1>10.77.0.2:9000 has all 100 slots taken (100 in TIME_WAIT): connect() fails with EADDRNOTAVAIL if none can be taken over by tcp_tw_reuse, which is not known here.',
    });
  });
});

describe('lane-exhausting', () => {
  usesRange();

  it('tells of a lane that is nearly full, and gives way to its exhaustion', async () => {
    const to = serve('127.0.0.1', 9000);
    hold(89, to);
    expect(await codesOf(9000)).not.toContain('lane-exhausting');
    hold(1, to);
    const finding = await only('lane-exhausting');
    expect(finding).toMatchObject({ severity: 'warning', evidence: { free: 10, utilization: 0.9 } });
    expect(finding.summary).toContain('is almost full: 10 of 100 slots are free (90 open)');
    hold(10, to);
    expect(await codesOf(9000)).toEqual(['lane-exhausted']);
  });

  it('tells that a lane under load runs out, and the kernel agrees', async () => {
    setPortRange(40_000, 40_999);
    const to = serve('127.0.0.1', 9000);
    let opened = 0;
    const open = async (count: number): Promise<void> => {
      for (let left = count; left > 0; left -= 1) {
        timeWait(1, to);
        opened += 1;
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
    };
    await open(500);
    const finding = await only('lane-exhausting');
    expect(finding.severity).toBe('critical');
    expect(finding.summary).toMatch(
      /^127\.0\.0\.1>127\.0\.0\.1:9000( \(.+\))? runs out of slots in .+: it opens .+ connections per second and has 500 of 1,000 slots free \(500 in TIME_WAIT\)\.$/,
    );
    await open(500);
    expect(opened).toBe(1_000);
    expect(tryConnection(to)).toBe('EADDRNOTAVAIL');
  });
});

describe('lane-past-cliff', () => {
  usesRange();

  it('begins where connect() has taken all ports of one parity', async () => {
    const to = serve('127.0.0.1', 9000);
    const first = hold(49, to);
    expect(await codesOf(9000)).not.toContain('lane-past-cliff');
    const [last] = hold(1, to);
    expect([...first, last].every((held) => (held?.client.localPort ?? 1) % 2 === 0)).toBe(true);
    expect(await only('lane-past-cliff')).toMatchObject({
      severity: 'warning',
      evidence: { secondsToCliff: 0, cliffAt: 50, used: 50, slots: 100 },
    });
    expect(hold(1, to)[0]?.client.localPort).toSatisfy((port: number) => port % 2 === 1);
  });

  it('is not told beside an exhaustion', async () => {
    hold(100, serve('127.0.0.1', 9000));
    expect(await codesOf(9000)).toEqual(['lane-exhausted']);
  });
});

describe('addresses that are not loopback', () => {
  usesRange();
  needsSysctl('ipv4.tcp_tw_reuse_delay');

  it('are exhausted under the default tcp_tw_reuse, though all is on this machine', async () => {
    addAddress('lo', '10.9.1.9/32');
    writeSysctl('ipv4.tcp_tw_reuse', 2);
    writeSysctl('ipv4.tcp_tw_reuse_delay', 1);
    const to = serve('10.9.1.9', 9000);
    fillWithTimeWait(to);
    const finding = await only('lane-exhausted');
    expect(finding.lane).toEqual({ source: '10.9.1.9', destination: '10.9.1.9', port: 9000 });
    writeSysctl('ipv4.tcp_tw_reuse', 1);
    expect(await codesOf(9000)).not.toContain('lane-exhausted');
    expect(typeof tryConnection(to)).toBe('object');
  });
});
