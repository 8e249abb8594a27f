import { describe, expect, it } from 'vitest';
import { machineLike, situationLike } from '../../../test/kit/machines.ts';
import { laneReport, processReport } from '../../../test/kit/reports.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { Machine } from '../../remedies/machine.ts';
import type { NetworkQuality } from '../../tcp/network-quality.ts';
import type { LaneReport } from '../report.ts';
import type { Finding } from '../rule.ts';
import { reuseUnavailable } from './reuse-unavailable.ts';

function lane(states: Readonly<Record<string, number>>, more: Partial<LaneReport> = {}): LaneReport {
  const processes = [processReport(811, 'haproxy', 20)];
  return laneReport(['10.0.0.5', '10.0.1.9', 8080], states, { reuse: false, processes, ...more });
}

const FULL = { ESTABLISHED: 20, TIME_WAIT: 28_000 };

function network(timestampsShare: number | null, samples = 20): NetworkQuality {
  return { ...(situationLike().network as NetworkQuality), samples, timestampsShare };
}

function findings(lanes: readonly LaneReport[], machine: Partial<Machine> = {}): Finding[] {
  return [...reuseUnavailable.examine(ruleScene(lanes, { machine: machineLike(machine) }))];
}

const SUBJECT = '10.0.0.5>10.0.1.9:8080 (haproxy 811) has 28,000 of its 28,231 slots in TIME_WAIT';

describe('reuse that does not apply', () => {
  it('is told with its lane, its process, its figures and the reason', () => {
    const full = lane(FULL);
    expect(findings([full])).toMatchObject([
      {
        severity: 'warning',
        lane: full,
        summary: `${SUBJECT}, and connect() can take over none of them: tcp_tw_reuse is 2 (loopback only, the default).`,
        explanation:
          'Where tcp_tw_reuse is 1 and both ends use TCP timestamps, connect() takes over a slot that has been in TIME_WAIT for 1 s; here each is held for 61 s. The default of 2 helps connections over loopback only, and this is none.',
        evidence: { timeWait: 28_000, slots: 28_231, tcpTwReuse: 2, tcpTimestamps: 1, obstacles: ['loopback-only'] },
      },
    ]);
  });

  it.each<[string, Partial<Machine>, NetworkQuality | null, string, boolean]>([
    ['tcp_tw_reuse is off', { tcpTwReuse: 0 }, null, 'tcp_tw_reuse is 0 (off)', true],
    ['timestamps are off here', { tcpTwReuse: 1, tcpTimestamps: 0 }, null, 'tcp_timestamps is 0 (off) here', true],
    [
      'both are off, whatever the connections of now show',
      { tcpTwReuse: 0, tcpTimestamps: 0 },
      network(0),
      'tcp_tw_reuse is 0 (off), and tcp_timestamps is 0 (off) here',
      true,
    ],
    ['the other end has none', { tcpTwReuse: 1 }, network(0), '10.0.1.9 does without TCP timestamps', false],
    [
      'the other end has none, as one connection of another lane showed',
      { tcpTwReuse: 1 },
      null,
      '10.0.1.9 does without TCP timestamps',
      false,
    ],
    [
      'turning it on would not help either',
      {},
      network(0),
      'tcp_tw_reuse is 2 (loopback only, the default), and 10.0.1.9 does without TCP timestamps',
      false,
    ],
    [
      'too few connections tell of the other end',
      {},
      network(0, 4),
      'tcp_tw_reuse is 2 (loopback only, the default)',
      true,
    ],
    ['the other end has them', {}, network(1), 'tcp_tw_reuse is 2 (loopback only, the default)', true],
  ])('is told where %s', (_, machine, quality, reason, helps) => {
    const [finding] = findings([lane(FULL, { network: quality })], machine);
    expect(finding?.summary).toBe(`${SUBJECT}, and connect() can take over none of them: ${reason}.`);
    const ids = helps ? ['tcp-tw-reuse', 'keep-connections'] : ['keep-connections'];
    expect(finding?.remedies.map(({ id }) => id)).toEqual(ids);
  });

  it('is told as not known where nothing shows the timestamps of the other end', () => {
    const unknown = lane(FULL, { reuse: null, reclaimable: null });
    expect(findings([unknown], { tcpTwReuse: 1 })).toMatchObject([
      {
        severity: 'info',
        summary: `${SUBJECT}, and whether connect() can take them over is not known: tcp_tw_reuse is 1 (on), but no live connection shows whether 10.0.1.9 has TCP timestamps.`,
        evidence: { obstacles: null },
      },
    ]);
  });

  it('is a warning from a utilization of 90 % on', () => {
    const severities = [89, 90].map((count) => findings([lane({ TIME_WAIT: count }, { slots: 100 })])[0]?.severity);
    expect(severities).toEqual(['info', 'warning']);
  });

  it('is told of the five fullest lanes', () => {
    const lanes = Array.from({ length: 8 }, (_, index) => lane({ TIME_WAIT: 28_000 - index }));
    const others = [lane({ ESTABLISHED: 28_000 }), lane(FULL, { reuse: true })];
    expect(findings([...others, ...lanes]).map((finding) => finding.lane)).toEqual(lanes.slice(0, 5));
  });

  it('is told of a loopback lane only where what is set here is to blame', () => {
    const loopback = laneReport(['127.0.0.1', '127.0.0.1', 6379], FULL, { reuse: false });
    const obstacles = (machine: Partial<Machine>): unknown => findings([loopback], machine)[0]?.evidence.obstacles;
    expect(obstacles({ tcpTwReuse: 0 })).toEqual(['off']);
    expect(obstacles({ tcpTwReuse: 2, tcpTimestamps: 0 })).toEqual(['own-timestamps']);
    expect(obstacles({ tcpTwReuse: 2 })).toBeUndefined();
  });

  it.each<[string, LaneReport, Partial<Machine>]>([
    ['TIME_WAIT holds less than half of the slots', lane({ ESTABLISHED: 60, TIME_WAIT: 49 }, { slots: 100 }), {}],
    ['it applies', lane(FULL, { reuse: true, reclaimable: 27_000 }), { tcpTwReuse: 1 }],
    ['the lane is one of loopback', laneReport(['127.0.0.1', '127.0.0.1', 6379], FULL, { reuse: false }), {}],
    ['the slots are shared, for bind() takes over none whatever is set', lane(FULL, { pool: 'source' }), {}],
    ['the settings are not known', lane(FULL, { reuse: null }), { tcpTwReuse: null, tcpTimestamps: null }],
    ['timestamps here are not known', lane(FULL, { reuse: null }), { tcpTwReuse: 1, tcpTimestamps: null }],
  ])('is not seen where %s', (_, healthy, machine) => expect(findings([healthy], machine)).toEqual([]));
});
