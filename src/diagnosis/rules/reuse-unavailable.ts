import { keepConnections } from '../../remedies/keep-connections.ts';
import type { Machine } from '../../remedies/machine.ts';
import { tcpTwReuse } from '../../remedies/tcp-tw-reuse.ts';
import { FEWEST_SAMPLES } from '../../tcp/network-quality.ts';
import { formatCount, formatSeconds } from '../../tcp/number-text.ts';
import { FOLKLORE } from '../folklore.ts';
import { isLoopbackLane, laneFacts } from '../lane-facts.ts';
import type { LaneReport } from '../report.ts';
import type { Finding, Rule } from '../rule.ts';
import { describeLane } from '../text.ts';

/** Below it, TIME_WAIT is not what fills the lane. */
const MOSTLY_TIME_WAIT = 0.5;
const NEARLY_FULL = 0.9;
/** One cause, told for the lanes that it harms most. */
const MOST_LANES = 5;

/** TIME_WAIT fills a lane, and tcp_tw_reuse does not apply to it: which end and which setting is to blame. */
export const reuseUnavailable: Rule = {
  code: 'reuse-unavailable',
  *examine({ namespace, machine }) {
    let found = 0;
    for (const lane of namespace.lanes) {
      if (found === MOST_LANES) return;
      if (!isFullOfTimeWait(lane, machine)) continue;
      const obstacles = obstaclesOf(lane, machine);
      if (lane.reuse === null ? !isOnHere(machine) : obstacles.length === 0) continue;
      found += 1;
      yield lane.reuse === null ? unknown(lane, machine) : unavailable(lane, obstacles, machine);
    }
  },
};

function isFullOfTimeWait(lane: LaneReport, machine: Machine): boolean {
  const { timeWait, pool, reuse, slots } = laneFacts(lane, machine, null);
  return reuse !== true && pool === 'lane' && timeWait >= MOSTLY_TIME_WAIT * Math.max(1, slots);
}

/** Then only the other end can be what is not known. */
function isOnHere({ tcpTwReuse, tcpTimestamps }: Machine): boolean {
  return tcpTwReuse === 1 && tcpTimestamps !== null;
}

/** What to know about each obstacle. */
const ADVICE = {
  off: 'tcp_tw_reuse can be turned on at any time.',
  'loopback-only': 'The default of 2 helps connections over loopback only, and this is none.',
  'own-timestamps': 'tcp_timestamps=1 helps connections that are opened from then on.',
  'peer-timestamps':
    'No setting here makes up for an other end without timestamps: turn them on there (net.ipv4.tcp_timestamps=1 on ' +
    'Linux), or stop a firewall between from removing them.',
} as const;

interface Obstacle {
  readonly what: keyof typeof ADVICE;
  readonly text: string;
}

/** Everything that keeps connect() from taking over a slot: one of them is enough. */
function obstaclesOf(lane: LaneReport, machine: Machine): Obstacle[] {
  const { tcpTwReuse: setting, tcpTimestamps } = machine;
  const isLoopback = isLoopbackLane(lane);
  const obstacles: Obstacle[] = [];
  if (setting === 0) obstacles.push({ what: 'off', text: 'tcp_tw_reuse is 0 (off)' });
  if (setting === 2 && !isLoopback)
    obstacles.push({ what: 'loopback-only', text: 'tcp_tw_reuse is 2 (loopback only, the default)' });
  if (tcpTimestamps === 0) obstacles.push({ what: 'own-timestamps', text: 'tcp_timestamps is 0 (off) here' });
  else if (!isLoopback && hasPeerNone(lane, obstacles)) {
    obstacles.push({ what: 'peer-timestamps', text: `${lane.destination} does without TCP timestamps` });
  }
  return obstacles;
}

/** Where nothing here is in the way, the census has found it out from a live connection to the same host. */
function hasPeerNone({ network, reuse }: LaneReport, others: readonly Obstacle[]): boolean {
  if (network !== null && network.samples >= FEWEST_SAMPLES && network.timestampsShare !== null) {
    return network.timestampsShare === 0;
  }
  return reuse === false && others.length === 0;
}

function unavailable(lane: LaneReport, obstacles: readonly Obstacle[], machine: Machine): Finding {
  const peerHasNone = obstacles.some(({ what }) => what === 'peer-timestamps');
  const why = obstacles.map(({ text }) => text).join(', and ');
  return {
    severity: (lane.utilization ?? 1) >= NEARLY_FULL ? 'warning' : 'info',
    lane,
    summary: `${held(lane)}, and connect() can take over none of them: ${why}.`,
    explanation: [howItWorks(machine), ...obstacles.map(({ what }) => ADVICE[what])].join(' '),
    evidence: { ...evidenceOf(lane, machine), obstacles: obstacles.map(({ what }) => what) },
    remedies: peerHasNone ? [keepConnections] : [tcpTwReuse, keepConnections],
    unhelpful: [FOLKLORE.finTimeout, FOLKLORE.twRecycle, FOLKLORE.maxTwBuckets],
  };
}

function unknown(lane: LaneReport, machine: Machine): Finding {
  return {
    severity: 'info',
    lane,
    summary: `${held(lane)}, and whether connect() can take them over is not known: tcp_tw_reuse is 1 (on), but no live connection shows whether ${lane.destination} has TCP timestamps.`,
    explanation:
      `${howItWorks(machine)} Sockets in TIME_WAIT do not tell whether they had timestamps: look again while a ` +
      'connection to the same host is open.',
    evidence: { ...evidenceOf(lane, machine), obstacles: null },
    remedies: [keepConnections],
    unhelpful: [FOLKLORE.finTimeout, FOLKLORE.twRecycle, FOLKLORE.maxTwBuckets],
  };
}

function held(lane: LaneReport): string {
  const { TIME_WAIT: timeWait = 0 } = lane.states;
  return `${describeLane(lane)} has ${formatCount(timeWait)} of its ${formatCount(lane.slots)} slots in TIME_WAIT`;
}

function howItWorks({ tcpTwReuseDelaySeconds, timeWaitSeconds }: Machine): string {
  const age = tcpTwReuseDelaySeconds === null ? 'a second' : formatSeconds(tcpTwReuseDelaySeconds);
  return (
    `Where tcp_tw_reuse is 1 and both ends use TCP timestamps, connect() takes over a slot that has been in TIME_WAIT ` +
    `for ${age}; here each is held for ${formatSeconds(Math.round(timeWaitSeconds))}.`
  );
}

function evidenceOf(lane: LaneReport, machine: Machine): Record<string, unknown> {
  return {
    ...{ timeWait: lane.states.TIME_WAIT ?? 0, slots: lane.slots, utilization: lane.utilization },
    ...{ tcpTwReuse: machine.tcpTwReuse, tcpTimestamps: machine.tcpTimestamps },
    timestampsShare: lane.network?.timestampsShare ?? null,
  };
}
