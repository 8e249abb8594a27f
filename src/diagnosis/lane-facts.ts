import type { Machine } from '../remedies/machine.ts';
import type { LaneFacts, Program } from '../remedies/remedy.ts';
import { type Address, isLoopback, staysOnMachine, tryParseAddress, withoutZone } from '../tcp/address.ts';
import type { LaneModel } from '../tcp/lane-model.ts';
import type { LaneReport } from './report.ts';

/**
 * What remedies must know of a lane.
 *
 * @param sharers lanes that share its slots, itself included: 1 for any that is not bound before connect
 */
export function laneFacts(lane: LaneReport, machine: Machine, program: Program | null, sharers = 1): LaneFacts {
  const timeWait = lane.states.TIME_WAIT ?? 0;
  return {
    source: lane.source,
    destination: lane.destination,
    port: lane.port,
    slots: lane.slots,
    used: lane.used,
    live: lane.live,
    timeWait,
    isLocal: isLocalLane(lane),
    reuse: lane.reuse,
    pool: lane.pool,
    model: modelOf(lane, machine, sharers),
    program,
  };
}

/**
 * The lane in numbers, of shared slots an even part: how long its connections live, and how long a slot is held afterwards. A lane without TIME_WAIT is
 * closed by the other end, or not at all; one that is mostly in CLOSE_WAIT never is.
 */
export function modelOf(lane: LaneReport, machine: Machine, sharers = 1): LaneModel {
  const timeWait = lane.states.TIME_WAIT ?? 0;
  const leaks = (lane.states.CLOSE_WAIT ?? 0) > lane.live / 2;
  const neverEnds = leaks || (timeWait === 0 && lane.opensPerSecond === null);
  return {
    lanes: 1,
    slotsPerLane: lane.slots / sharers,
    holdSeconds: neverEnds && lane.live > 0 ? Number.POSITIVE_INFINITY : (lane.holdSeconds ?? 0),
    afterCloseSeconds: timeWait === 0 ? 0 : afterCloseSeconds(lane, machine),
  };
}

/** How long a slot is held after its own end has closed first: in TIME_WAIT, or until tcp_tw_reuse lets connect() take it over. */
export function afterCloseSeconds(
  { reuse }: Pick<LaneReport, 'reuse'>,
  { timeWaitSeconds, tcpTwReuseDelaySeconds }: Machine,
): number {
  return reuse === true ? (tcpTwReuseDelaySeconds ?? timeWaitSeconds) : timeWaitSeconds;
}

/** Whether an end of a lane is a loopback address: tcp_tw_reuse applies with its default of 2. */
export function isLoopbackLane({ source, destination }: LaneEnds): boolean {
  return [parseText(source), parseText(destination)].some((address) => address !== undefined && isLoopback(address));
}

function isLocalLane({ source, destination }: LaneEnds): boolean {
  const [near, far] = [parseText(source), parseText(destination)];
  return near !== undefined && far !== undefined && staysOnMachine(near, far);
}

type LaneEnds = Pick<LaneReport, 'source' | 'destination'>;

function parseText(text: string): Address | undefined {
  return tryParseAddress(withoutZone(text));
}
