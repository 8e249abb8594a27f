import type { LaneReport } from '../diagnosis/report.ts';
import { DEFAULT_TRAFFIC, type HostSettings, type Traffic } from '../plan/topology.ts';
import { LINUX_TIME_WAIT_MS } from '../tcp/time-wait.ts';
import type { LaneGroup } from './plan-lane-groups.ts';

/** What a report does not tell of lanes, or a topology cannot. */
export type Doubt =
  | 'rate-unknown'
  | 'opens-nothing'
  | 'rate-partly-unknown'
  | 'life-unknown'
  | 'close-unknown'
  | 'both-close'
  | 'reuse-unknown'
  | 'reuse-useless';

/** How lanes are used, as a topology tells it. */
export interface LaneLoad {
  /** null where they open nothing, or that is not known. */
  readonly traffic: Traffic | null;
  readonly times: Pick<HostSettings, 'timeWaitSeconds' | 'reuseDelaySeconds'>;
  readonly doubts: readonly Doubt[];
}

/** What is less, of the slots that all closes would hold, is chance or rounding; a few of them always are. */
const CHANCE = 0.02;
const CHANCE_SLOTS = 0.1;

/** The load of lanes that have their slots together. Where nothing else is known, what makes it greater is assumed. */
export function loadOf(group: LaneGroup): LaneLoad {
  const { lanes, first, namespace } = group;
  const { settings } = namespace;
  const opening = lanes.filter(isOpened);
  const opens = sum(opening, ({ opensPerSecond }) => opensPerSecond ?? 0);
  const reuse = reuseOf(group);
  const timeWaitSeconds = settings.timeWaitSeconds ?? LINUX_TIME_WAIT_MS / 1_000;
  if (opens === 0) {
    const isUnknown = lanes.some(({ opensPerSecond }) => opensPerSecond === null);
    const times = { timeWaitSeconds, reuseDelaySeconds: reuse.delaySeconds };
    return { traffic: null, times, doubts: [isUnknown ? 'rate-unknown' : 'opens-nothing'] };
  }
  const held = sum(lanes, (lane) => (isOpened(lane) ? livingOf(lane) : lane.live));
  const closing = closingOf(lanes, first, reuse.delaySeconds ?? timeWaitSeconds);
  const unknownLife = opening.some(({ holdSeconds, live }) => holdSeconds === null && live > 0);
  const unknownClose = unknownLife && !hasTimeWait(lanes);
  const share = unknownClose ? 1 : closing;
  const closes = share === 0 ? 'to' : 'from';
  const doubts: readonly (Doubt | null)[] = [
    opening.length < lanes.length ? 'rate-partly-unknown' : null,
    unknownLife ? (unknownClose ? 'close-unknown' : 'life-unknown') : null,
    share > 0 && share < 1 ? 'both-close' : null,
    closes === 'from' ? reuse.doubt : null,
  ];
  return {
    traffic: { ...DEFAULT_TRAFFIC, requestsPerSecond: opens, holdSeconds: rounded(held / opens, 6), closes },
    times: {
      timeWaitSeconds: share === 0 ? timeWaitSeconds : rounded(share * timeWaitSeconds, 3),
      reuseDelaySeconds: reuse.delaySeconds === null ? null : rounded((share || 1) * reuse.delaySeconds, 3),
    },
    doubts: doubts.filter((doubt) => doubt !== null),
  };
}

function isOpened({ opensPerSecond }: LaneReport): boolean {
  return opensPerSecond !== null && opensPerSecond > 0;
}

/** The mean of live connections (Little). Where none is seen to close they live at least so long as the present ones tell. */
function livingOf({ opensPerSecond, holdSeconds, live }: LaneReport): number {
  return holdSeconds === null ? live : (opensPerSecond ?? 0) * holdSeconds;
}

/**
 * The share of its connections that this end closes first, 0 to 1. The slots that a lane will hold beside its live
 * connections once it has settled are what its closes hold; all closes would hold as many as are opened in that time.
 *
 * @param afterCloseSeconds how long a slot is held after its own end has closed first
 */
function closingOf(lanes: readonly LaneReport[], lane: LaneReport, afterCloseSeconds: number): number {
  if (!hasTimeWait(lanes)) return 0;
  const { settlesAt, slots, live, opensPerSecond } = lane;
  // Of lanes that share their slots each is told how full the others make it.
  if (lane.pool === 'source' || settlesAt === null) return 1;
  const all = (opensPerSecond ?? 0) * afterCloseSeconds;
  const held = settlesAt * slots - live;
  const chance = Math.max(CHANCE * all, CHANCE_SLOTS);
  if (all - held <= chance) return 1;
  return held <= chance ? 0 : held / all;
}

function hasTimeWait(lanes: readonly LaneReport[]): boolean {
  return lanes.some(({ states }) => (states.TIME_WAIT ?? 0) > 0);
}

function reuseOf({ first, namespace }: LaneGroup): { delaySeconds: number | null; doubt: Doubt | null } {
  const { tcpTwReuse, tcpTwReuseDelaySeconds, tcpTimestamps } = namespace.settings;
  if (first.pool === 'source') return { delaySeconds: null, doubt: null };
  if (first.reuse === true && tcpTwReuseDelaySeconds !== null) {
    return { delaySeconds: tcpTwReuseDelaySeconds, doubt: null };
  }
  if (first.reuse !== false) return { delaySeconds: null, doubt: 'reuse-unknown' };
  const isOn = tcpTwReuse === 1 && tcpTimestamps !== 0;
  return { delaySeconds: null, doubt: isOn ? 'reuse-useless' : null };
}

function sum(lanes: readonly LaneReport[], of: (lane: LaneReport) => number): number {
  return lanes.reduce((total, lane) => total + of(lane), 0);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
