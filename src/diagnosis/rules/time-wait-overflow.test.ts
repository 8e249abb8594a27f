import { describe, expect, it } from 'vitest';
import { machineLike } from '../../../test/kit/machines.ts';
import { laneReport } from '../../../test/kit/reports.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { Totals } from '../../census/totals.ts';
import type { Machine } from '../../remedies/machine.ts';
import type { Finding } from '../rule.ts';
import { timeWaitOverflow } from './time-wait-overflow.ts';

/** A namespace by its time-wait sockets in lanes and outside, what its counter shows and what it may hold. */
function findings(
  [inLanes, outside]: readonly [inLanes: number, outside: number | null],
  timeWaitOverflows: number | null,
  machine: Partial<Machine> = {},
): Finding[] {
  const lane = laneReport(['10.0.0.5', '10.0.1.9', 8080], { ESTABLISHED: 7, TIME_WAIT: inLanes });
  const totals: Totals = {
    ...{ lanes: 1, used: lane.used, live: lane.live, timeWait: inLanes },
    ...{ outsideLanes: outside, timeWaitOutsideLanes: outside },
  };
  const scene = ruleScene([lane], {
    machine: machineLike(machine),
    counters: { timeWaitOverflows, timeWaitReuses: 0 },
    in: { totals },
  });
  return [...timeWaitOverflow.examine(scene)];
}

describe('a TIME_WAIT overflow', () => {
  it('is a warning while the limit is all but reached', () => {
    expect(findings([4_000, 900], 12_345, { tcpMaxTwBuckets: 5_000 })).toMatchObject([
      {
        severity: 'warning',
        lane: null,
        summary:
          '4,900 sockets are in TIME_WAIT, of at most 5,000 (tcp_max_tw_buckets): the kernel closes what comes on top without its protection, 12,345 connections so far.',
        evidence: { timeWaitOverflows: 12_345, timeWaitNow: 4_900, tcpMaxTwBuckets: 5_000 },
        remedies: [],
      },
    ]);
  });

  it('is information once it is over', () => {
    expect(findings([40, 0], 1)).toMatchObject([
      {
        severity: 'info',
        summary:
          'The kernel has closed 1 connection without the protection of TIME_WAIT since the namespace was made, because tcp_max_tw_buckets (now 131,072) was reached; now 40 sockets are in TIME_WAIT.',
      },
    ]);
  });

  it('is a warning from 95 % of the limit on', () => {
    const severities = [949, 950].map((count) => findings([count, 0], 3, { tcpMaxTwBuckets: 1_000 })[0]?.severity);
    expect(severities).toEqual(['info', 'warning']);
  });

  it('goes on for ever where the limit is none at all', () => {
    expect(findings([0, 0], 3, { tcpMaxTwBuckets: 0 })).toMatchObject([{ severity: 'warning' }]);
  });

  it.each([
    ['where the sockets of now are not known', [40, null], {}, 'whether it is now is not known.'],
    ['where the limit is not known', [40, 0], { tcpMaxTwBuckets: null }, 'because tcp_max_tw_buckets was reached;'],
    ['where there is no limit any more', [40, 0], { tcpMaxTwBuckets: -1 }, 'because tcp_max_tw_buckets was reached;'],
  ] as const)('is information %s', (_, counts, machine, text) => {
    const [finding] = findings(counts, 3, machine);
    expect(finding).toMatchObject({ severity: 'info' });
    expect(finding?.summary).toContain(text);
  });

  it('says how the limit is raised in this namespace, and that it is not to be lowered', () => {
    const [finding] = findings([131_000, 0], 3, { commandPrefix: 'ip netns exec web' });
    expect(finding?.explanation).toMatch(/: ip netns exec web sysctl -w net\.ipv4\.tcp_max_tw_buckets=262144$/);
    expect(finding?.unhelpful.map(({ what }) => what)).toEqual(['lower tcp_max_tw_buckets']);
  });

  it.each([
    ['the counter stands at 0, however many sockets there are', 0],
    ['the kernel has no such counter', null],
  ])('is not seen where %s', (_, overflows) => {
    expect(findings([5_000, 0], overflows, { tcpMaxTwBuckets: 5_000 })).toEqual([]);
  });

  it('is not seen where the counters were not read', () => {
    expect([...timeWaitOverflow.examine(ruleScene([]))]).toEqual([]);
  });
});
