import { describe, expect, it } from 'vitest';
import { laneReport } from '../../../test/kit/reports.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { Refusal } from '../../linux/connect-trace.ts';
import type { LaneReport, NamespaceReport } from '../report.ts';
import type { Finding } from '../rule.ts';
import { connectsRefused } from './connects-refused.ts';

const INODE = 4_026_531_840;

function refusal(count: number, more: Partial<Refusal> = {}): Refusal {
  return {
    ...{ pid: 4711, name: 'redis-benchmark', source: '10.0.0.5', destination: '10.0.1.9', port: 6379 },
    ...{ count, lost: 0, namespaceInode: INODE },
    ...more,
  };
}

function fullLane(more: Partial<LaneReport> = {}): LaneReport {
  return laneReport(['10.0.0.5', '10.0.1.9', 6379], { TIME_WAIT: 28_231 }, { reuse: false, ...more });
}

function examine(
  refusals: readonly Refusal[],
  lanes: readonly LaneReport[] = [fullLane()],
  more: Partial<NamespaceReport> = {},
): Finding[] {
  const scene = ruleScene(lanes, { trace: { seconds: 5, refusals }, in: { inode: INODE, ...more } });
  return [...connectsRefused.examine(scene)];
}

function idsOf(finding: Finding | undefined): string[] {
  return finding?.remedies.map(({ id }) => id) ?? [];
}

describe('connects that failed for want of a port', () => {
  it('are told with process, count, time and both ends', () => {
    const [finding, ...others] = examine([refusal(1_234)]);
    expect(others).toEqual([]);
    expect(finding?.summary).toBe(
      'redis-benchmark 4711 failed 1,234 times in 5 s to connect from 10.0.0.5 to 10.0.1.9:6379: no source port was free.',
    );
    expect(finding).toMatchObject({
      severity: 'critical',
      evidence: { refusals: 1_234, seconds: 5, lost: 0, processes: [{ pid: 4711, refusals: 1_234 }] },
    });
  });

  it('are of the lane that they failed in, and have its remedies', () => {
    const lane = fullLane();
    const [finding] = examine([refusal(1)], [fullLane({ port: 6380 }), lane]);
    expect(finding?.lane).toBe(lane);
    expect(idsOf(finding)).toContain('tcp-tw-reuse');
    expect(idsOf(examine([refusal(1)], [fullLane({ states: { CLOSE_WAIT: 28_231 } })])[0])).toEqual([
      'close-what-leaks',
    ]);
  });

  it('find the lane of a link-local address, which has a zone', () => {
    const lane = fullLane({ source: 'fe80::5%eth0', destination: 'fe80::9%eth0' });
    const [finding] = examine([refusal(1, { source: 'fe80::5', destination: 'fe80::9' })], [lane]);
    expect(finding?.lane).toBe(lane);
    expect(finding?.summary).toContain('to [fe80::9]:6379');
  });

  it('have the usual remedies where their lane is not listed, and another one where ports are blocked', () => {
    const usual = [
      'tcp-tw-reuse',
      'keep-connections',
      'wider-range',
      'more-destination-addresses',
      'more-source-addresses',
    ];
    const [finding] = examine([refusal(1)], []);
    expect(finding?.lane).toBeNull();
    expect(idsOf(finding)).toEqual(usual);
    const ports = { low: 1, high: 100, size: 100, reserved: 0, blocked: 60, usable: 40, blockers: [] };
    expect(idsOf(examine([refusal(1)], [], { ports })[0])).toEqual(['bind-address-no-port', ...usual]);
  });

  it('of many processes of one name are told together, each with its count', () => {
    const [finding, ...others] = examine([
      refusal(3, { pid: 1 }),
      refusal(20, { pid: 2 }),
      refusal(5, { pid: 1, source: '10.0.0.6' }),
    ]);
    expect(others).toEqual([]);
    expect(finding?.summary).toMatch(
      /^redis-benchmark 2 and 1 more process failed 28 times in 5 s to connect from 2 addresses to 10\.0\.1\.9:6379/,
    );
    expect(finding?.explanation).toContain('It happened to redis-benchmark 2 20 times and redis-benchmark 1 8 times.');
    expect(finding?.evidence).toMatchObject({ refusals: 28, processesTotal: 2, sources: ['10.0.0.5', '10.0.0.6'] });
  });

  it('are told apart by name and destination, most first', () => {
    const refusals = [
      refusal(1),
      refusal(2, { name: 'curl' }),
      refusal(3, { port: 80 }),
      refusal(4, { destination: '10.0.1.8' }),
    ];
    expect(examine(refusals).map(({ evidence }) => evidence.refusals)).toEqual([4, 3, 2, 1]);
  });

  it('are at least so many where the kernel lost some', () => {
    const [finding] = examine([refusal(10, { lost: 7 })]);
    expect(finding?.summary).toContain('failed at least 10 times in');
    expect(finding?.explanation).toContain('up to 7 more');
  });

  it('are those of this namespace; of a process that ended at once, those of a lane of it', () => {
    expect(examine([refusal(1, { namespaceInode: 1 })])).toEqual([]);
    expect(examine([refusal(1, { namespaceInode: null })])).toHaveLength(1);
    expect(examine([refusal(1, { namespaceInode: null, port: 80 })])).toEqual([]);
  });

  it('are none where none was seen, or nobody looked', () => {
    expect(examine([])).toEqual([]);
    expect([...connectsRefused.examine(ruleScene([fullLane()]))]).toEqual([]);
  });
});
