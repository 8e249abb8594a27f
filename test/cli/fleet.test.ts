import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FleetReport } from '../../src/cli/fleet/fleet-report.ts';
import { type FakeAgent, type FakeLane, type FakeMachine, startFakeAgent } from '../kit/fake-exporter.ts';
import { needsPrograms } from '../kit/needs.ts';
import { fourtuple, needsProgram } from '../kit/program.ts';
import { type PrometheusServer, startPrometheus } from '../kit/prometheus.ts';

const settling: FakeLane = {
  states: { ESTABLISHED: 1_000, TIME_WAIT: 4_000 },
  opensPerSecond: 80,
  secondsToExhaustion: Number.POSITIVE_INFINITY,
  secondsToCliff: Number.POSITIVE_INFINITY,
  refusedConnects: 0,
};
const exhausted: FakeLane = {
  states: { ESTABLISHED: 120, TIME_WAIT: 28_112 },
  opensPerSecond: 470,
  secondsToExhaustion: 0,
  secondsToCliff: 0,
};
const past: FakeLane = {
  ...settling,
  destination: '10.0.1.8',
  states: { ESTABLISHED: 15_000, TIME_WAIT: 2_000 },
  secondsToCliff: 0,
};
const soon = (seconds: number, used = 20_000): FakeLane => ({
  ...past,
  destination: '10.0.1.7',
  states: { TIME_WAIT: used },
  opensPerSecond: 600,
  secondsToExhaustion: seconds,
});
/** A million slots of lanes that have no series of their own: no lane by itself, however full. */
const other: FakeLane = { port: 'other', states: { TIME_WAIT: 1_000_000 }, slots: 1_000_000, refusedConnects: 0 };

/** The worst first; the refusing one is added when its counter has been seen before. */
const MACHINES: Readonly<Record<string, FakeMachine>> = {
  refusing: {
    lanes: [{ ...exhausted, refusedConnects: 0, spreadRefusals: 0 }, past],
    findings: [['lane-exhausted', 'critical']],
  },
  exhausted: { lanes: [settling, { ...exhausted, namespace: 'web', destination: '10.0.1.6', device: 'eth1' }] },
  'exhausting-first': { lanes: [soon(40), past] },
  exhausting: { lanes: [soon(2_000)] },
  past: { lanes: [past, settling] },
  leaking: {
    lanes: [settling],
    findings: [
      ['close-wait-leak', 'warning', 2],
      ['folk-settings', 'info'],
    ],
  },
  stale: { lanes: [settling], sampledAt: Date.now() / 1_000 - 900 },
  'clock-ahead': { lanes: [settling], sampledAt: Date.now() / 1_000 + 900 },
  'not-sampled': { lanes: [], sampledAt: null },
  down: { lanes: [] },
  mixed: { lanes: [] },
  'never-scraped': { lanes: [] },
  burst: { lanes: [{ ...soon(1_000, 2_000), secondsToCliff: 500 }] },
  settling: { lanes: [settling, other] },
  unknown: { lanes: [{ states: { TIME_WAIT: 7_000 }, isFreeUnknown: true }], findings: [['folk-settings', 'info']] },
  idle: { lanes: [] },
};
const NAMES = Object.keys(MACHINES);

describe('fourtuple fleet, of a real Prometheus', { timeout: 60_000 }, () => {
  needsPrograms('prometheus');
  needsProgram();

  const agents = new Map<string, FakeAgent>();
  const others: FakeAgent[] = [];
  let prometheus: PrometheusServer;
  const addressOf = (name: string): string => agents.get(name)?.address ?? '';
  /** From the address of an agent to the name of its machine. */
  const nameOf = (instance = ''): string =>
    NAMES.find((name) => addressOf(name) === instance) ?? `nobody at ${instance}`;

  beforeAll(async () => {
    for (const name of NAMES) agents.set(name, await startFakeAgent(MACHINES[name] as FakeMachine));
    const [gone, exporter] = [await startFakeAgent({ lanes: [] }), await startFakeAgent('another exporter')];
    others.push(exporter);
    await gone.stop();
    await agents.get('never-scraped')?.stop();
    prometheus = await startPrometheus({
      targets: {
        proxies: NAMES.filter((name) => name !== 'mixed').map(addressOf),
        // Of a job with other exporters too an agent is down where it was seen before, and nobody else is.
        nodes: [addressOf('mixed'), exporter.address, gone.address],
        strangers: [gone.address],
      },
    });
    await prometheus.until('count(fourtuple_build_info)', ([count]) => count === NAMES.length - 1);
    await prometheus.until(
      'count(count_over_time(fourtuple_lane_refused_connects_total[5m]) > 1)',
      ([count = 0]) => count > 0,
    );
    agents.get('refusing')?.become({
      ...(MACHINES.refusing as FakeMachine),
      lanes: [{ ...exhausted, refusedConnects: 30, spreadRefusals: 30 }, past],
    });
    await agents.get('down')?.stop();
    await agents.get('mixed')?.stop();
    await prometheus.until('sum(increase(fourtuple_lane_refused_connects_total[5m]))', ([count = 0]) => count > 0);
    await prometheus.until('count(up == 0)', ([count]) => count === 5);
  }, 60_000);

  afterAll(async () => {
    await prometheus?.stop();
    for (const agent of [...agents.values(), ...others]) await agent.stop();
  });

  async function report(...args: string[]): Promise<FleetReport> {
    const { code, out, error } = await fourtuple(['fleet', '--prometheus', prometheus.url, '--json', ...args]);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    return JSON.parse(out) as FleetReport;
  }

  it('judges every machine, the worst first', async () => {
    const { machines, states, machinesTotal, machinesOmitted, notes } = await report();
    const judged = machines.map(({ labels, state }) => `${nameOf(labels.instance)} is ${state}`);
    expect(judged.slice(0, 6)).toEqual([
      'refusing is refusing',
      'exhausted is exhausted',
      'exhausting-first is exhausting',
      'exhausting is exhausting',
      'past is past-cliff',
      'leaking is finding',
    ]);
    expect(judged.slice(6, 9).sort()).toEqual(['clock-ahead is stale', 'not-sampled is stale', 'stale is stale']);
    expect(judged.slice(9, 12).sort()).toEqual(['down is down', 'mixed is down', 'never-scraped is down']);
    expect(judged.slice(12, 14)).toEqual(['settling is healthy', 'burst is healthy']);
    expect(judged.slice(14).sort()).toEqual(['idle is healthy', 'unknown is healthy']);
    expect({ states, machinesTotal, machinesOmitted, notes }).toEqual({
      states: {
        ...{ refusing: 1, exhausted: 1, exhausting: 2, 'past-cliff': 1 },
        ...{ finding: 1, stale: 3, down: 3, healthy: 4 },
      },
      machinesTotal: NAMES.length,
      machinesOmitted: 0,
      notes: [],
    });
  });

  it('has the figures that the agents tell, and null for what none tells', async () => {
    const { machines } = await report();
    const machine = (name: string) => machines.find(({ labels }) => nameOf(labels.instance) === name);
    expect(machine('exhausted')).toMatchObject({
      ...{ utilization: 1, secondsToExhaustion: 0, lanesExhausted: 1, lanesPastCliff: 1, refusedConnects: 0 },
      lanes: [
        {
          ...{ namespace: 'web', source: '10.0.0.5', destination: '10.0.1.6', port: 8080, device: 'eth1' },
          ...{ slots: 28_232, used: 28_232, reclaimable: 0, free: 0, utilization: 1 },
          states: { ESTABLISHED: 120, TIME_WAIT: 28_112 },
          ...{ opensPerSecond: 470, cliffAt: 14_116, secondsToCliff: 0, secondsToExhaustion: 0, settles: false },
          refusedConnects: null,
        },
        { destination: '10.0.1.9', secondsToCliff: null, secondsToExhaustion: null, settles: true, refusedConnects: 0 },
      ],
    });
    expect(machine('exhausting-first')).toMatchObject({ secondsToExhaustion: 40, lanesPastCliff: 2 });
    expect(machine('refusing')?.refusedConnects).toBeGreaterThan(0);
    expect(machine('refusing')?.lanes[0]?.refusedConnects).toBeGreaterThan(0);
    expect(machine('refusing')?.findings).toEqual([{ code: 'lane-exhausted', severity: 'critical', count: 1 }]);
    expect(machine('leaking')?.findings).toEqual([
      { code: 'close-wait-leak', severity: 'warning', count: 2 },
      { code: 'folk-settings', severity: 'info', count: 1 },
    ]);
    expect(machine('burst')).toMatchObject({ secondsToExhaustion: null, lanes: [{ secondsToExhaustion: 1_000 }] });
    expect(machine('settling')?.lanes).toHaveLength(1);
    expect(machine('unknown')).toMatchObject({
      utilization: null,
      refusedConnects: null,
      lanes: [{ used: 7_000, reclaimable: null, free: null, utilization: null, settles: null, opensPerSecond: null }],
    });
    expect(machine('stale')?.sampleAgeSeconds).toBeGreaterThan(899);
    expect(machine('clock-ahead')?.sampleAgeSeconds).toBeLessThan(-600);
    expect(machine('down')).toMatchObject({
      sampleAgeSeconds: null,
      utilization: null,
      lanesExhausted: null,
      lanes: [],
    });
  });

  it('lists as many machines and lanes as are asked for, and counts all', async () => {
    const some = await report('--top', '3', '--lanes', '1');
    expect(some.machines.map(({ lanes }) => lanes.map(({ destination }) => destination))).toEqual([
      ['10.0.1.9'],
      ['10.0.1.6'],
      ['10.0.1.7'],
    ]);
    expect(some).toMatchObject({ machinesTotal: NAMES.length, machinesOmitted: NAMES.length - 3 });
    expect(some.states.healthy).toBe(4);
  });

  it('looks at the machines that are matched only', async () => {
    const address = agents.get('past')?.address as string;
    const { machines, machinesTotal } = await report('--match', `instance="${address}", job=~"prox.*"`);
    expect(machines.map(({ labels }) => labels)).toEqual([{ instance: address, job: 'proxies' }]);
    expect(machinesTotal).toBe(1);
  });

  it('says what to do where no agent is scraped, or none is matched', async () => {
    const nobody = await fourtuple(['fleet', '--prometheus', prometheus.url, '--match', 'job="databases"']);
    expect(nobody).toMatchObject({ code: 1, out: '' });
    expect(nobody.error).toContain('scrapes no agent that matches {job="databases"}');
    const empty = await startPrometheus();
    try {
      const none = await fourtuple(['fleet', '--prometheus', empty.url]);
      expect(none).toMatchObject({ code: 1, out: '' });
      expect(none.error).toContain('scrapes no agent of fourtuple');
      expect(none.error).toContain('docs/fleet.md');
    } finally {
      await empty.stop();
    }
  });

  it('tells the worst on one screen, with what to type next', async () => {
    const { code, out, error } = await fourtuple(['fleet', '--top', '2'], {
      env: { FOURTUPLE_PROMETHEUS_URL: `${prometheus.url}/`, LANG: 'C.UTF-8', COLUMNS: '100' },
    });
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toContain('16 machines: 1 with refused connects, 1 exhausted, 2 exhausting, 1 past the cliff');
    expect(out).toContain('and 14 more machines');
    expect(out).toContain('next: ssh 127.0.0.1 fourtuple doctor\n');
  });

  it.each([
    ['renames what a target of Kubernetes has too', []],
    ['keeps what the agent says', ['honor_labels: true']],
  ])('finds machines and lanes where Prometheus %s', async (_what, options) => {
    const machines: FakeMachine[] = [
      { lanes: [{ ...exhausted, namespace: 'pod-7' }], findings: [['lane-exhausted', 'critical']] },
      { lanes: [{ ...past, namespace: 'pod-8' }, settling] },
      { lanes: [settling] },
    ];
    const some = await Promise.all(machines.map((machine) => startFakeAgent(machine)));
    const labelled = ['namespace', 'version'].map(
      (label) => `{ target_label: ${label}, replacement: "of the target" }`,
    );
    const server = await startPrometheus({
      targets: { pods: some.map(({ address }) => address) },
      scrapeOptions: [...options, `relabel_configs: [${labelled.join(', ')}]`],
    });
    try {
      await server.until('count(fourtuple_build_info)', ([count]) => count === some.length);
      await some[2]?.stop();
      await server.until('count(up == 0)', ([count]) => count === 1);
      const { out } = await fourtuple(['fleet', '--prometheus', server.url, '--json']);
      const report = JSON.parse(out) as FleetReport;
      expect(report.machines.map(({ state, lanes }) => [state, ...lanes.map(({ namespace }) => namespace)])).toEqual([
        ['exhausted', 'pod-7'],
        ['past-cliff', 'pod-8', 'host'],
        ['down'],
      ]);
      expect(report.machines[0]?.findings).toEqual([{ code: 'lane-exhausted', severity: 'critical', count: 1 }]);
    } finally {
      await server.stop();
      await some[0]?.stop();
      await some[1]?.stop();
    }
  });
});
