import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laneReport, namespaceReport, reportOf } from '../../test/kit/reports.ts';
import type { LaneReport, NamespaceReport, Report, SettingsReport } from '../diagnosis/report.ts';
import { answerPlan, type TierAnswer } from '../plan/answer.ts';
import type { Tier } from '../plan/topology.ts';
import { type MachineTopology, planOfReport } from './plan-of-report.ts';

type Ends = readonly [string, string, number];
const ENDS: Ends = ['10.0.0.5', '10.0.1.9', 8080];
const OTHER: Ends = ['10.0.0.5', '10.0.1.10', 8080];

function planned(lanes: readonly LaneReport[], more: Partial<NamespaceReport> = {}): MachineTopology {
  return planOfReport(reportOf([namespaceReport(lanes, more)]), 'report.json');
}

function firstTier(lanes: readonly LaneReport[], more: Partial<NamespaceReport> = {}): Tier {
  return planned(lanes, more).topology.tiers[0] as Tier;
}

function answers(machine: MachineTopology): readonly TierAnswer[] {
  return answerPlan(machine.topology, { refusalProbability: 1e-6, targetOpensPerSecond: null }).tiers;
}

function portsOf(low: number, high: number, reserved: number, blocked: number): Pick<NamespaceReport, 'ports'> {
  const size = high - low + 1;
  return { ports: { low, high, size, reserved, blocked, usable: size - reserved - blocked, blockers: [] } };
}

function withSettings(settings: Partial<SettingsReport>): Pick<NamespaceReport, 'settings'> {
  return { settings: { ...namespaceReport([]).settings, ...settings } };
}

/** A lane whose own end closes all of its connections, as it is once it has settled. */
const STEADY = laneReport(
  ENDS,
  { ESTABLISHED: 30, TIME_WAIT: 9_154 },
  {
    ...{ opensPerSecond: 150, holdSeconds: 0.2, settlesAt: 0.325318, reuse: false, slots: 28_232, cliffAt: 14_116 },
  },
);

describe('a plan of a report', () => {
  it('has a lane as a tier, with the settings and the load that it has', () => {
    const { topology, notes, warnings } = planned([STEADY]);
    expect(notes).toEqual([]);
    expect(warnings).toEqual([]);
    expect(topology.tiers).toMatchObject([
      {
        name: '10.0.0.5 → 10.0.1.9:8080',
        from: { name: '10.0.0.5', hosts: 1, addresses: 1 },
        to: { name: '10.0.1.9:8080', hosts: 1, addresses: 1, ports: 1 },
        via: null,
        settings: {
          ...{ range: { low: 32_768, high: 60_999 }, boundBeforeConnect: false },
          ...{ timeWaitSeconds: 61.024, reuseDelaySeconds: null },
        },
        traffic: { requestsPerSecond: 150, holdSeconds: 0.2, closes: 'from' },
      },
    ]);
  });

  it('is as full as the forecast of the report says that it stays', () => {
    const [answer] = answers(planned([STEADY]));
    expect(answer).toMatchObject({ slots: 28_232, cliffAt: 14_116, opensPerSecond: 150 });
    expect(answer?.utilization).toBeCloseTo(0.3253, 4);
  });

  it('has as many slots as the report says, and the cliff where it says, whichever ports are reserved or blocked', () => {
    const cases = fc
      .record({ reserved: fc.nat(50), blocked: fc.nat(50), own: fc.nat(3), first: fc.nat(100) })
      .map(({ reserved, blocked, own, first }) => {
        const usable = 1_000 - reserved - blocked;
        const held = Math.min(own, blocked);
        const cliff = Math.max(usable + held - 500, 500 - Math.min(first, reserved + blocked - held));
        return { ports: portsOf(40_000, 40_999, reserved, blocked), slots: usable + held, cliff };
      });
    fc.assert(
      fc.property(cases, ({ ports, slots, cliff }) => {
        const lane = laneReport(ENDS, { ESTABLISHED: 3 }, { slots, cliffAt: cliff });
        expect(answers(planned([lane], ports))).toMatchObject([{ slots, cliffAt: cliff }]);
      }),
    );
  });

  it('has the cliff of a lane that is past it where the others have it, or half-way', () => {
    const ports = portsOf(40_000, 40_999, 10, 0);
    const past = laneReport(ENDS, { ESTABLISHED: 900 }, { slots: 990, cliffAt: 900 });
    const below = laneReport(OTHER, { ESTABLISHED: 20 }, { slots: 990, cliffAt: 491 });
    expect(answers(planned([past], ports))).toMatchObject([{ cliffAt: 495 }]);
    expect(answers(planned([past, below], ports))).toMatchObject([{ cliffAt: 491 }, { cliffAt: 491 }]);
  });

  it('names lanes that have no cliff, whatever the arithmetic makes of their ports', () => {
    const lane = laneReport(ENDS, { ESTABLISHED: 20 }, { cliffAt: null });
    expect([...planned([lane, { ...STEADY, port: 81 }]).withoutCliff]).toEqual(['10.0.0.5 → 10.0.1.9:8080']);
  });

  it('takes slots over after the delay where tcp_tw_reuse applies', () => {
    const lane = laneReport(
      ['127.0.0.1', '127.0.0.1', 80],
      { TIME_WAIT: 5_000 },
      { opensPerSecond: 100, holdSeconds: 0, reuse: true, reclaimable: 4_800, settlesAt: 0.007084 },
    );
    const { topology, notes } = planned([lane], withSettings({ tcpTwReuseDelaySeconds: 2 }));
    expect(topology.tiers[0]?.settings).toMatchObject({ timeWaitSeconds: 61.024, reuseDelaySeconds: 2 });
    expect(notes).toEqual([]);
  });

  it('closes from the other end where nothing is in TIME_WAIT, and still connections close', () => {
    const lane = laneReport(ENDS, { ESTABLISHED: 40 }, { opensPerSecond: 20, holdSeconds: 2, settlesAt: 0.001417 });
    const { topology, notes } = planned([lane]);
    expect(topology.tiers[0]?.traffic).toMatchObject({ closes: 'to', holdSeconds: 2 });
    expect(notes).toEqual([]);
  });

  it('holds slots for the mean time where either end closes first, so that it is as full as it stays', () => {
    const lane = { ...STEADY, states: { ESTABLISHED: 30, TIME_WAIT: 4_577 }, settlesAt: 0.163187 };
    const machine = planned([lane]);
    expect(machine.topology.tiers[0]?.settings.timeWaitSeconds).toBeCloseTo(61.024 / 2, 1);
    expect(answers(machine)[0]?.utilization).toBeCloseTo(0.1632, 4);
    expect(machine.notes).toEqual([expect.stringContaining('Either end closes some connections first')]);
    expect(machine.notes[0]).toContain('10.0.0.5 → 10.0.1.9:8080 (30.5 s)');
  });

  it('is one tier of all lanes that share the ports of a source', () => {
    const pool = { pool: 'source', reuse: false, cliffAt: null } as const;
    const lanes = [
      laneReport(ENDS, { TIME_WAIT: 492 }, { ...pool, slots: 1_692, opensPerSecond: 8, holdSeconds: 0 }),
      laneReport(OTHER, { TIME_WAIT: 308 }, { ...pool, slots: 1_508, opensPerSecond: 5, holdSeconds: 0.13 }),
      laneReport(['10.0.0.6', '10.0.1.9', 80], { TIME_WAIT: 61 }, { slots: 1_200, opensPerSecond: 1, holdSeconds: 0 }),
    ];
    const machine = planned(lanes, portsOf(40_000, 41_999, 0, 800));
    expect(machine.topology.tiers).toMatchObject([
      {
        name: '10.0.0.5 → 2 destinations',
        to: { name: '2 destinations', hosts: 2 },
        settings: { boundBeforeConnect: true, reuseDelaySeconds: null },
        traffic: { requestsPerSecond: 13, holdSeconds: 0.05, closes: 'from' },
      },
      { name: '10.0.0.6 → 10.0.1.9:80' },
    ]);
    expect(answers(machine)).toMatchObject([{ lanes: 1, slots: 2_000, cliffAt: null }, { slots: 1_200 }]);
  });

  it('counts what other lanes of a shared pool hold, and says that it does not know what they open', () => {
    const pool = { pool: 'source', reuse: false, slots: 20_000 } as const;
    const [opening, idle] = [
      laneReport(ENDS, { TIME_WAIT: 610 }, { ...pool, opensPerSecond: 10, holdSeconds: 0 }),
      laneReport(OTHER, { ESTABLISHED: 500 }, { ...pool, slots: 19_890 }),
    ];
    const { topology, notes } = planned([opening, idle]);
    expect(topology.tiers).toMatchObject([{ traffic: { requestsPerSecond: 10, holdSeconds: 50 } }]);
    expect(notes).toEqual([expect.stringContaining('10.0.0.5 → 2 destinations')]);
  });

  it('asks for slots only where the rate is not known or is none, and says how full these are', () => {
    const idle = laneReport(ENDS, { ESTABLISHED: 20_000 }, { opensPerSecond: 0 });
    const unknown = laneReport(OTHER, { ESTABLISHED: 9_000 });
    const { topology, notes, warnings } = planned([idle, unknown, { ...STEADY, port: 81 }]);
    expect(topology.tiers).toMatchObject([{ traffic: null }, { traffic: { closes: 'from' } }, { traffic: null }]);
    expect(notes).toEqual([
      expect.stringMatching(/not known of 10\.0\.0\.5 → 10\.0\.1\.10:8080 \(31\.9% full\): .*said of the others/),
      expect.stringContaining('No connection is opened on 10.0.0.5 → 10.0.1.9:8080 (70.8% full)'),
    ]);
    expect(warnings).toEqual([]);
    expect(planned([unknown]).notes[0]).toContain('what has the fewest, not what is fullest');
  });

  it('warns of a lane that is nearly full and cannot be ranked', () => {
    const full = laneReport(ENDS, { ESTABLISHED: 28_000 });
    expect(planned([full, { ...STEADY, port: 81 }]).warnings).toEqual([
      expect.stringContaining('10.0.0.5 → 10.0.1.9:8080 is 99.2% full as it is'),
    ]);
  });

  it('takes what the live connections and the rate tell where it is not known how long they live', () => {
    const { topology, notes } = planned([{ ...STEADY, holdSeconds: null, states: { ESTABLISHED: 30, TIME_WAIT: 9 } }]);
    expect(topology.tiers[0]?.traffic).toMatchObject({ holdSeconds: 0.2, closes: 'from' });
    expect(notes).toEqual([expect.stringContaining('How long connections live is not known')]);
    const growing = laneReport(ENDS, { ESTABLISHED: 600 }, { opensPerSecond: 20, reuse: false });
    expect(firstTier([growing]).traffic).toMatchObject({ holdSeconds: 30, closes: 'from' });
    expect(planned([growing]).notes).toEqual([expect.stringContaining('No connection was seen to close')]);
  });

  it('takes tcp_tw_reuse to be off where it is not known, and says where its remedy would do nothing', () => {
    const unknown = planned([{ ...STEADY, reuse: null, settlesAt: null }]);
    expect(unknown.topology.tiers[0]?.settings.reuseDelaySeconds).toBeNull();
    expect(unknown.notes).toEqual([expect.stringContaining('Whether tcp_tw_reuse applies is not known')]);
    expect(planned([STEADY], withSettings({ tcpTwReuse: 1 })).notes).toEqual([
      expect.stringContaining('the other end has no timestamps'),
    ]);
    expect(planned([STEADY], withSettings({ tcpTwReuse: 1, tcpTimestamps: 0 })).notes).toEqual([]);
  });

  it('holds TIME_WAIT for 60 s where an older report does not say', () => {
    const tier = firstTier([{ ...STEADY, settlesAt: null }], withSettings({ timeWaitSeconds: null }));
    expect(tier.settings.timeWaitSeconds).toBe(60);
  });

  it('names the namespace of each lane where there are several', () => {
    const holder = { pid: 811, name: 'haproxy' };
    const report = reportOf([
      namespaceReport([laneReport(ENDS, { ESTABLISHED: 5 })], { name: 'web' }),
      namespaceReport([laneReport(ENDS, { ESTABLISHED: 9 })], { name: null, inode: 7, holder }),
      namespaceReport([laneReport(ENDS, { ESTABLISHED: 2 })], { name: null, inode: 8 }),
    ]);
    expect(planOfReport(report, 'x').topology.tiers.map(({ name }) => name)).toEqual([
      'haproxy 811: 10.0.0.5 → 10.0.1.9:8080',
      'web: 10.0.0.5 → 10.0.1.9:8080',
      'namespace 8: 10.0.0.5 → 10.0.1.9:8080',
    ]);
  });

  it('gives every lane a name of its own', () => {
    const lanes = [
      laneReport(['fe80::1%eth0', 'fe80::2%eth0', 80], { ESTABLISHED: 3 }, { device: 'eth0' }),
      laneReport(ENDS, { ESTABLISHED: 2 }, { device: 'eth1' }),
      laneReport(ENDS, { ESTABLISHED: 1 }),
      laneReport(ENDS, { ESTABLISHED: 1 }),
    ];
    expect(planned(lanes).topology.tiers.map(({ name }) => name)).toEqual([
      'fe80::1%eth0 → [fe80::2%eth0]:80',
      '10.0.0.5 → 10.0.1.9:8080 on eth1',
      '10.0.0.5 → 10.0.1.9:8080',
      '10.0.0.5 → 10.0.1.9:8080 (2)',
    ]);
  });

  it('has the twenty fullest lanes of all namespaces, and counts the others', () => {
    const lanes = (from: number): LaneReport[] =>
      Array.from({ length: 15 }, (_, index) =>
        laneReport(
          ['10.0.0.5', '10.0.1.9', index + 1],
          { TIME_WAIT: from - index },
          { opensPerSecond: 1, reuse: false },
        ),
      );
    const report = reportOf([
      namespaceReport(lanes(1_000), { name: 'a', lanesOmitted: 3 }),
      namespaceReport(lanes(2_000), { name: 'b' }),
    ]);
    const { topology, notes } = planOfReport(report, 'x');
    expect(topology.tiers.map(({ name }) => name.slice(0, 1)).join('')).toBe('bbbbbbbbbbbbbbbaaaaa');
    expect(notes).toEqual([
      'These are the 20 fullest, and 10 lanes more are less full.',
      'The report leaves out 3 lanes more: fourtuple status --json --top all lists them.',
    ]);
  });

  it('says what the report says is less certain, but for owners', () => {
    const notes = ['Some owners are not known.', 'The range is assumed.'];
    expect(planned([STEADY], { notes }).notes).toEqual(['The range is assumed.']);
  });

  it.each<[string, Report, string]>([
    ['no lane', reportOf([namespaceReport([])]), 'x.json has no lane: no connection held a port'],
    ['no namespace', reportOf([]), 'x.json has no lane'],
    [
      'its lanes left out',
      reportOf([namespaceReport([], { lanesOmitted: 4 })]),
      'x.json lists no lane: it leaves out 4',
    ],
    [
      'a range upside down',
      reportOf([namespaceReport([STEADY], portsOf(61_000, 32_768, 0, 0))]),
      'x.json: 61000-32768 is no range',
    ],
  ])('cannot be made of one with %s', (_, report, words) => {
    const error = { code: 'FT_REPORT', message: expect.stringContaining(words) };
    expect(() => planOfReport(report, 'x.json')).toThrow(expect.objectContaining(error));
  });
});
