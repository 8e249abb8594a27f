import type { PlannedRemedy, PlanReport, TierAnswer } from '../../src/plan/answer.ts';
import type { Gateway } from '../../src/plan/gateway.ts';
import { DEFAULT_TRAFFIC, type Tier, type Topology } from '../../src/plan/topology.ts';
import { erlangB, erlangsFor } from '../../src/tcp/erlang.ts';
import { PortSet } from '../../src/tcp/port-set.ts';

/** A topology with an answer that is made up for the tests of the page: its figures agree with each other. */
export interface PlannedTopology {
  readonly topology: Topology;
  readonly report: PlanReport;
}

interface Wanted {
  readonly from: readonly [name: string, hosts: number];
  readonly to: readonly [name: string, hosts: number];
  readonly rate: number | null;
  readonly afterCloseSeconds?: number;
  readonly via?: Gateway;
}

const [SLOTS, HOLD_SECONDS, SAFE] = [28_232, 0.05, 1e-6];

/** A gateway with a long title. */
export const GATEWAY: Gateway = {
  id: 'aws-nat-gateway',
  title: 'AWS NAT gateway, regional availability',
  slotsPerLane: 55_000,
  lanePer: 'address',
  addresses: 2,
  mostAddresses: 8,
  timeWaitSeconds: 60,
  tries: null,
  source: 'https://docs.example.test/nat-gateway',
};

/** The tiers in this order, the one of the highest utilization exhausted first. */
export function planned(...wanted: readonly Wanted[]): PlannedTopology {
  const tiers = wanted.map(tierOf);
  const answers = wanted.map(answerOf);
  const fullest = answers.toSorted((one, other) => fullness(other) - fullness(one))[0];
  const report: PlanReport = {
    schema: 1,
    tiers: answers,
    exhaustedFirst: fullest?.name ?? null,
    remedies: fullest === undefined ? [] : remediesOf(fullest),
    stack: null,
    simulation: null,
  };
  return { topology: { tiers }, report };
}

function fullness({ utilization, slots }: TierAnswer): number {
  return utilization ?? -slots;
}

function nameOf({ from, to }: Wanted): string {
  return `${from[0]} → ${to[0]}`;
}

function tierOf(wanted: Wanted): Tier {
  const { from, to, rate } = wanted;
  return {
    name: nameOf(wanted),
    from: { name: from[0], hosts: from[1], addresses: 1 },
    to: { name: to[0], hosts: to[1], addresses: 1, ports: 1 },
    via: wanted.via ?? null,
    settings: {
      range: { low: 32_768, high: 60_999 },
      reserved: PortSet.of([]),
      listening: [],
      boundBeforeConnect: false,
      timeWaitSeconds: 60,
      reuseDelaySeconds: null,
    },
    traffic: rate === null ? null : { ...DEFAULT_TRAFFIC, requestsPerSecond: rate, holdSeconds: HOLD_SECONDS },
  };
}

function answerOf(wanted: Wanted): TierAnswer {
  const { from, to, rate, via, afterCloseSeconds = 60 } = wanted;
  const lanes = via === undefined ? from[1] * to[1] : via.addresses * to[1];
  const slotsPerLane = via?.slotsPerLane ?? SLOTS;
  const slots = lanes * slotsPerLane;
  const held = HOLD_SECONDS + afterCloseSeconds;
  const counts = { name: nameOf(wanted), lanes, slotsPerLane, slots, concurrency: slots };
  const cliffAt = via === undefined ? slotsPerLane / 2 : null;
  if (rate === null) {
    return {
      ...counts,
      cliffAt,
      requestsPerSecond: null,
      keptConnections: null,
      keptShare: null,
      opensPerSecond: null,
      holdSeconds: null,
      afterCloseSeconds: null,
      used: null,
      utilization: null,
      sustainableOpensPerSecond: null,
      sustainableRequestsPerSecond: null,
      safeOpensPerSecond: null,
      refusalProbability: null,
    };
  }
  return {
    ...counts,
    cliffAt,
    requestsPerSecond: rate,
    keptConnections: 0,
    keptShare: 0,
    opensPerSecond: rate,
    holdSeconds: HOLD_SECONDS,
    afterCloseSeconds,
    used: rate * held,
    utilization: Math.min(1, (rate * held) / slots),
    sustainableOpensPerSecond: slots / held,
    sustainableRequestsPerSecond: slots / held,
    safeOpensPerSecond: (lanes * erlangsFor(slotsPerLane, SAFE)) / held,
    refusalProbability: erlangB(slotsPerLane, (rate * held) / lanes),
  };
}

function remediesOf({ name, slots, sustainableOpensPerSecond }: TierAnswer): PlannedRemedy[] {
  const one = (id: string, title: string, gain: number | null): PlannedRemedy => ({
    id,
    title,
    tier: name,
    slots: gain === null || gain > 10 ? slots : Math.round(slots * gain),
    sustainableOpensPerSecond:
      gain === null || sustainableOpensPerSecond === null ? null : sustainableOpensPerSecond * gain,
    gain,
  });
  return [
    one('close-from-other-end', 'Let the other end close first', null),
    one('keep-connections', 'Keep connections open and use them again', 100),
    one('tcp-tw-reuse', 'Take over old TIME_WAIT slots (tcp_tw_reuse)', 57.2),
    one('wider-range', 'Widen the ephemeral range (ip_local_port_range)', 2.28),
    one('more-destination-ports', 'Spread connections over one more destination port', 2),
    one('local-port-range', 'Search all ports in one pass, against the cliff (IP_LOCAL_PORT_RANGE)', 1),
  ];
}
