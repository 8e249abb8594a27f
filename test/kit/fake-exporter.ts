import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A lane as the agent's metrics tell it; what is left out is not exported, as what is not known. */
export interface FakeLane {
  readonly namespace?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly port?: number | 'other';
  readonly device?: string;
  readonly slots?: number;
  readonly states: Readonly<Record<string, number>>;
  readonly reclaimable?: number;
  readonly opensPerSecond?: number;
  /** May be Infinity: it settles. */
  readonly secondsToExhaustion?: number;
  readonly secondsToCliff?: number;
  /** Where it is not known how many slots are reclaimable, it is not known how many are free. */
  readonly isFreeUnknown?: boolean;
  /** Since the agent began. */
  readonly refusedConnects?: number;
  readonly spreadRefusals?: number;
}

export interface FakeMachine {
  readonly lanes: readonly FakeLane[];
  readonly findings?: readonly (readonly [code: string, severity: string, count?: number])[];
  /** Seconds since 1970; left out: at each scrape; null: it has not sampled yet. */
  readonly sampledAt?: number | null;
}

export interface FakeAgent {
  /** `127.0.0.1:41234`. */
  readonly address: string;
  /** What it tells from now on. */
  become(machine: FakeMachine): void;
  stop(): Promise<void>;
}

const SLOTS = 28_232;

/** Serves the metrics of an agent, or of another exporter where it is none, on a free port of loopback. */
export async function startFakeAgent(first: FakeMachine | 'another exporter'): Promise<FakeAgent> {
  let machine = first;
  const server: Server = createServer((_request, answer) => {
    answer
      .setHeader('content-type', 'text/plain; version=0.0.4')
      .end(machine === 'another exporter' ? 'node_load1 0.5\n' : metricsOf(machine));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    become(next) {
      machine = next;
    },
    async stop() {
      const closed = new Promise((resolve) => void server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

type Sample = readonly [labels: Readonly<Record<string, string | number>>, value: number | null | undefined];

/** In Prometheus' text format. */
function metricsOf({ lanes, findings = [], sampledAt }: FakeMachine): string {
  const lane = (name: string, kind: string, values: (lane: FakeLane) => readonly Sample[]): string =>
    family(
      `fourtuple_${name}`,
      kind,
      lanes.flatMap((one) => values(one).map(([labels, value]): Sample => [{ ...namesOf(one), ...labels }, value])),
    );
  const gauge = (name: string, value: (lane: FakeLane) => number | undefined): string =>
    lane(`lane_${name}`, 'gauge', (one) => [[{}, isOther(one) && !SUMMED.includes(name) ? null : value(one)]]);
  const sampled = sampledAt === undefined ? Date.now() / 1_000 : sampledAt;
  return [
    family('fourtuple_build_info', 'gauge', [[{ version: '0.1.0' }, 1]]),
    family('fourtuple_sample_interval_seconds', 'gauge', [[{}, sampled === null ? null : 1]]),
    family('fourtuple_last_sample_timestamp_seconds', 'gauge', [[{}, sampled]]),
    gauge('slots', ({ slots = SLOTS }) => slots),
    lane('lane_used_slots', 'gauge', ({ states }) =>
      Object.entries(states).map(([state, count]): Sample => [{ state }, count]),
    ),
    gauge('reclaimable_slots', ({ reclaimable = 0, isFreeUnknown }) =>
      isFreeUnknown === true ? undefined : reclaimable,
    ),
    gauge('free_slots', (one) => (one.isFreeUnknown === true ? undefined : freeOf(one))),
    gauge('cliff_slots', ({ slots = SLOTS }) => slots / 2),
    gauge('opens_per_second', ({ opensPerSecond }) => opensPerSecond),
    gauge('exhaustion_seconds', ({ secondsToExhaustion }) => secondsToExhaustion),
    gauge('cliff_seconds', ({ secondsToCliff }) => secondsToCliff),
    lane('lane_refused_connects_total', 'counter', ({ refusedConnects }) => [[{}, refusedConnects]]),
    lane('spread_refusals_total', 'counter', ({ spreadRefusals }) => [[{}, spreadRefusals]]),
    family(
      'fourtuple_findings',
      'gauge',
      findings.map(([code, severity, count = 1]): Sample => [{ namespace: 'host', code, severity }, count]),
    ),
  ].join('');
}

/** Gauges that the sum of all lanes without a series of their own has too. */
const SUMMED = ['slots', 'reclaimable_slots', 'free_slots', 'opens_per_second'];

function isOther({ port }: FakeLane): boolean {
  return port === 'other';
}

function namesOf(lane: FakeLane): Record<string, string | number> {
  const { namespace = 'host', source = '10.0.0.5', destination = '10.0.1.9', port = 8080 } = lane;
  return isOther(lane)
    ? { namespace, source: 'other', destination: 'other', port }
    : { namespace, source, destination, port, ...(lane.device === undefined ? {} : { device: lane.device }) };
}

function freeOf({ slots = SLOTS, states, reclaimable = 0 }: FakeLane): number {
  return slots - Object.values(states).reduce((sum, count) => sum + count, 0) + reclaimable;
}

function family(name: string, kind: string, samples: readonly Sample[]): string {
  const lines = samples
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([labels, value]) => {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(`${text}`)}`);
      return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${`${value}`.replace('Infinity', 'Inf')}\n`;
    });
  return lines.length === 0 ? '' : `# TYPE ${name} ${kind}\n${lines.join('')}`;
}
