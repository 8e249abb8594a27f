import type { ExperimentReport, Finding, LabReport, Plot, Table } from '../../src/lab/lab-report.ts';

/** A finding that agrees, to the last slot, unless something else is said of it. */
export function finding(values: Partial<Finding> = {}): Finding {
  return {
    ...{ what: 'a lane', unit: 'slots', predicted: 1_000, tolerance: { kind: 'exact' }, basis: 'ports 40000-40999' },
    ...{ measured: 1_000, agrees: true, evidence: 'connect() until EADDRNOTAVAIL' },
    ...values,
  };
}

/** An experiment that agrees, unless something else is said of it. */
export function experiment(values: Partial<ExperimentReport> = {}): ExperimentReport {
  return {
    ...{ name: 'capacity', question: 'How many connections does one lane hold?', remedies: [], result: 'agrees' },
    ...{ reason: null, seconds: 0.8, findings: [finding()], plots: [], tables: [], notes: [] },
    ...values,
  };
}

export function labReport(experiments: readonly ExperimentReport[]): LabReport {
  return {
    schema: 1,
    takenAt: '2026-11-20T12:00:00.000Z',
    durationSeconds: 58.3,
    host: {
      ...{ name: 'proxy.core', kernel: '6.18.44', ticksPerSecond: 250, runsAs: 'user' },
      range: { low: 40_000, high: 40_999 },
    },
    experiments,
  };
}

const CAPACITY = experiment({
  findings: [
    finding(),
    finding({
      what: 'with 10 reserved ports',
      predicted: 990,
      measured: 990,
      basis: 'ports 40000-40999 − 10 reserved',
    }),
    finding({
      what: 'with 100 connections to elsewhere that were bound before connect',
      ...{ predicted: 900, measured: 900, basis: 'ports 40000-40999 − 100 blocked' },
    }),
  ],
});

const steps = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** A curve that climbs by a factor of 700 at half of the slots. */
const CLIFF_PLOT: Plot = {
  title: 'What a connect() costs, over how full the lane is',
  x: { label: 'used share of slots', unit: 'share' },
  y: { label: 'CPU time of a connect()', unit: 'microseconds', isLogarithmic: true },
  series: [
    { name: 'as it comes', points: steps(101).map((at) => [at / 100, at < 50 ? 2 + at / 100 : 900 + 5 * at]) },
    { name: 'in one pass (IP_LOCAL_PORT_RANGE)', points: steps(101).map((at) => [at / 100, 1.7 + at ** 3 / 1e5]) },
  ],
  marks: [{ x: 0.5, label: 'the cliff' }],
};

const CLIFF = experiment({
  ...{ name: 'cliff', question: 'From where on does connect() become slow, and what avoids it?' },
  ...{ remedies: ['local-port-range', 'bind-address-no-port'], seconds: 4.2, plots: [CLIFF_PLOT] },
  findings: [
    finding({
      what: 'slots taken when connect() gets slow',
      ...{ predicted: 500, measured: 500, basis: 'ports 40000-40999 with the parity of 40000' },
      evidence: 'CPU time of the thread',
    }),
  ],
  tables: [
    {
      title: 'The median of a hundred calls',
      columns: ['used', 'as it comes, µs', 'in one pass, µs', 'times as long', 'remark'],
      rows: [
        [0, 2.014, 1.702, 1.183, 'nothing is taken'],
        [499, 2.5, 1.9, 1.3158, 'the last one before'],
        [
          500,
          1_151.25,
          1.91,
          602.8,
          'the first call that searches every port of its parity in vain before it tries the others',
        ],
        [999, 1_400, null, null, null],
      ],
    },
  ],
  notes: ['Times are of this machine and are not predicted: only where they change is.'],
});

const RATE_PLOT: Plot = {
  title: 'Used slots over time',
  x: { label: 'time', unit: 'seconds' },
  y: { label: 'used slots', unit: 'count' },
  series: [
    {
      name: 'predicted',
      points: [
        [0, 0],
        [61, 1_000],
        [70, 1_000],
      ],
    },
    { name: 'counted by the kernel', points: steps(15).map((at) => [5 * at, Math.min(1_000, 82 * at)]) },
  ],
  marks: [
    { x: 30.5, label: 'half' },
    { x: 61, label: 'the first is released' },
  ],
};

const RATE = experiment({
  ...{ name: 'rate', question: 'How many connections per second does a lane sustain?', seconds: 57.9 },
  remedies: ['wider-range'],
  findings: [
    finding({
      what: 'opens per second',
      ...{ unit: '/s', predicted: 16.3881, measured: 16.4201, tolerance: { kind: 'share', share: 0.02 } },
      ...{ basis: '1,000 slots / 61.02 s', evidence: 'ActiveOpens of /proc/net/snmp' },
    }),
    finding({
      what: 'how long TIME_WAIT holds a slot',
      ...{ unit: 's', predicted: 61.024, measured: 60.998, tolerance: { kind: 'absolute', by: 2.048 } },
      ...{ basis: '60 s + half of a granule of 2.048 s', evidence: 'when the port could be taken again' },
    }),
    finding({
      what: 'gain of twice as many ports',
      ...{ unit: '', predicted: 2, measured: 1.9974, tolerance: { kind: 'share', share: 0.02 } },
      ...{ basis: '2,000 slots / 1,000 slots', evidence: 'ActiveOpens of /proc/net/snmp' },
    }),
  ],
  plots: [RATE_PLOT],
});

const REUSE = experiment({
  ...{ name: 'reuse', question: 'When does connect() take over a slot in TIME_WAIT?', result: 'differs', seconds: 2.4 },
  remedies: ['tcp-tw-reuse', 'shorter-reuse-delay'],
  findings: [
    finding({ what: 'slots that connect() takes over', measured: 998, agrees: false, evidence: 'TWRecycled of nstat' }),
    finding({
      what: 'how old the slot must be',
      ...{ unit: 's', predicted: 0.1, measured: 0.1042, tolerance: { kind: 'absolute', by: 0.004 }, agrees: false },
      ...{ basis: 'net.ipv4.tcp_tw_reuse_delay', evidence: 'connect() at one port until it goes through' },
    }),
    finding({
      what: 'opens per second with reuse',
      ...{ unit: '/s', predicted: 9_803.92, tolerance: { kind: 'share', share: 0.02 }, measured: null, agrees: null },
      ...{ basis: '1,000 slots / 102 ms', evidence: null },
    }),
  ],
});

const BALANCER = experiment({
  ...{ name: 'balancer', question: 'Does HAProxy share its slots among servers?', result: 'skipped', findings: [] },
  ...{ seconds: 0, remedies: ['more-destination-addresses'], reason: 'haproxy is not installed' },
});

const PROXY = experiment({
  ...{ name: 'proxy', question: 'How many clients does a proxy carry?', result: 'failed', seconds: 1.2 },
  reason: 'Error: nginx has ended with 1\n    at start (proxy.ts:12:3)\n    at run (proxy.ts:40:9)',
  findings: [finding({ what: 'clients at once', measured: null, agrees: null, evidence: null })],
});

/** Plots and tables in which nothing can be drawn, or next to nothing. */
export const EMPTY_PLOT: Plot = {
  ...{ title: 'Nothing', x: { label: 'time', unit: 'seconds' }, y: { label: 'rate', unit: 'per second' } },
  ...{ series: [{ name: 'none', points: [] }], marks: [] },
};
export const EMPTY_TABLE: Table = { title: 'Nothing', columns: ['one', 'other'], rows: [] };

/** What a lab can come to. */
export const LAB_REPORTS = {
  agrees: labReport([CAPACITY, CLIFF, RATE]),
  differs: labReport([CAPACITY, REUSE, BALANCER, PROXY]),
  skipped: labReport([CAPACITY, BALANCER]),
  one: labReport([CAPACITY]),
} as const;
