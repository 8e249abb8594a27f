import type { AgentView } from '../../src/agent/agent-view.ts';
import { findingOf, laneSample, namespaceSample, sampleOf, viewOf } from './scraped-agent.ts';

/** Names that a namespace may have, and that would break what is not escaped: a file name holds all but / and NUL. */
export const HOSTILE_NAMES: readonly string[] = [
  'a"b',
  'back\\slash\\',
  'two\nlines\n# EOF',
  '"} 1\nfourtuple_lane_slots{namespace="forged"} 2',
  'carriage\rreturn',
  ',state="ESTABLISHED',
  'grüße 🚀 {{ $labels.port }}',
];

const SINCE = '2026-11-20T11:30:00.000Z';

/** An agent that has all there is a metric of, at a moment when all of it is going wrong. */
export function exampleAgent(): AgentView {
  const exhausted = laneSample(
    ['10.0.0.5', '10.0.1.9', 8080],
    { TIME_WAIT: 28_111, ESTABLISHED: 120 },
    {
      ...{ opensPerSecond: 461.5, cliffAt: 14_116, secondsToCliff: 0, secondsToExhaustion: 0 },
      ...{ closes: 1_480_211, refusedConnects: 5_120 },
    },
  );
  const filling = laneSample(
    ['10.0.0.5', '10.0.1.10', 8080],
    { TIME_WAIT: 8_000, ESTABLISHED: 500, SYN_SENT: 12 },
    {
      ...{ opensPerSecond: 1_000, cliffAt: 14_116, secondsToCliff: 5.604, secondsToExhaustion: 19.719 },
      ...{ closes: 8_000, refusedConnects: 0 },
    },
  );
  const settled = laneSample(
    ['2001:db8::5', '2001:db8::9', 443],
    { TIME_WAIT: 6_000, ESTABLISHED: 30 },
    { opensPerSecond: 99, cliffAt: 14_116, settlesAt: 0.214, closes: 90_000, refusedConnects: 0, device: 'vrf-blue' },
  );
  const unknown = laneSample(
    ['10.0.0.5', '10.9.9.9', 5432],
    { ESTABLISHED: 40, TIME_WAIT: 20 },
    { reclaimable: null, closes: 300, refusedConnects: 0 },
  );
  const host = namespaceSample([exhausted, filling, settled, unknown], {
    lanesOmitted: 12,
    other: {
      ...{ lanes: 12, slots: 338_772, used: 240, live: 90, timeWait: 148, reclaimable: 0 },
      ...{ closes: 777, refusedConnects: 3 },
    },
    counted: [
      {
        ...{ source: '10.0.0.5', destination: '10.0.1.9', port: 8080 },
        ...{ attempts: 90_000, refusals: 5_120, since: SINCE },
      },
      { source: null, destination: '10.0.1.10', port: 8080, attempts: 8_500, refusals: 0, since: SINCE },
    ],
    ports: { low: 32_768, high: 60_999, size: 28_232, reserved: 10, blocked: 1, usable: 28_221, blockers: [] },
  });
  const loopback = laneSample(
    ['127.0.0.1', '127.0.0.1', 6379],
    { TIME_WAIT: 20_000 },
    { reclaimable: 19_000, opensPerSecond: 330, settlesAt: 0.012 },
  );
  const pod = namespaceSample([loopback], { inode: 4_026_532_001, name: null });
  return viewOf(sampleOf([host, pod]), {
    health: {
      problems: ['The history is not kept: the disk is full.'],
      counters: { samples: 3_600, failures: 2, sampleCpuSeconds: 14.25, refusalsLost: 1 },
    },
    findings: [
      findingOf('lane-exhausted', 'critical', 'host'),
      findingOf('lane-exhausting', 'critical', 'host'),
      findingOf('lane-exhausting', 'critical', 'host'),
      findingOf('folk-settings', 'info', null),
    ],
  });
}
