import { TCP_STATE_COUNT, TcpState, type TcpStateName, tcpStateName } from '../../tcp/state.ts';
import type { LaneSample } from '../sample.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** What a lane over time is drawn from. */
export interface LaneFigures {
  readonly slots: number;
  readonly used: number;
  readonly live: number;
  readonly timeWait: number;
  readonly reclaimable: number | null;
  readonly opensPerSecond: number | null;
  readonly secondsToCliff: number | null;
  readonly secondsToExhaustion: number | null;
}

/** What the history keeps of a lane at one instant, beside its name and its refusals. */
export interface LaneRecord extends Omit<LaneFigures, 'timeWait'> {
  readonly states: Readonly<Partial<Record<TcpStateName, number>>>;
  readonly pool: 'lane' | 'source';
  readonly reuse: boolean | null;
  readonly holdSeconds: number | null;
  readonly cliffAt: number | null;
  readonly settlesAt: number | null;
  readonly owner: OwnerRecord | null;
}

/** The process that held most of its sockets; its name and units are kept once, by a number. */
export interface OwnerRecord {
  readonly name: number;
  readonly pid: number;
  readonly sockets: number;
}

/** How finely rates, times and shares are kept: 0.01 opens/s, 1 ms, 0.1 s and 0.01 %. */
const [RATE_STEPS, HOLD_STEPS, WAIT_STEPS, SHARE_STEPS] = [100, 1_000, 10, 10_000];

const FROM_SOURCE = 1;
const [REUSE_SHIFT, REUSE_MASK] = [1, 3];
const STATES_SHIFT = 3;

/** @param owner the number of its first process's name and units; 0 where none is known */
export function writeLane(writer: ByteWriter, lane: LaneSample, owner: number): void {
  const timeWait = lane.states.TIME_WAIT ?? 0;
  // How full it was comes first: that is asked of many lanes of which nothing else is.
  writer.count(lane.slots);
  writer.count(lane.used);
  writer.countOrNull(lane.reclaimable);
  writer.count(timeWait);
  writer.signed(lane.used - timeWait - lane.live);
  writer.countOrNull(scaled(lane.opensPerSecond, RATE_STEPS));
  writer.countOrNull(untilThen(lane.secondsToCliff));
  writer.countOrNull(untilThen(lane.secondsToExhaustion));
  writeStates(writer, lane);
  writer.countOrNull(scaled(lane.holdSeconds, HOLD_STEPS));
  writer.countOrNull(lane.cliffAt);
  writer.countOrNull(scaled(lane.settlesAt, SHARE_STEPS));
  const [first] = lane.processes;
  writer.count(owner);
  if (owner === 0) return;
  writer.count(first?.pid ?? 0);
  writer.count(first?.sockets ?? 0);
}

function scaled(value: number | null, steps: number): number | null {
  return value === null ? null : value * steps;
}

/** What is not yet is never kept as 0, which says that it is so now. */
function untilThen(seconds: number | null): number | null {
  return seconds === null || seconds <= 0 ? seconds : Math.max(1, seconds * WAIT_STEPS);
}

function writeStates(writer: ByteWriter, { states, pool, reuse }: LaneSample): void {
  let mask = 0;
  const counts: number[] = [];
  for (let state = 0; state < TCP_STATE_COUNT; state += 1) {
    const name = tcpStateName(state);
    const count = name === undefined || state === TcpState.TIME_WAIT ? 0 : (states[name] ?? 0);
    if (count === 0) continue;
    mask |= 1 << state;
    counts.push(count);
  }
  const reused = reuse === null ? 0 : Number(reuse) + 1;
  writer.count((mask << STATES_SHIFT) | (reused << REUSE_SHIFT) | (pool === 'source' ? FROM_SOURCE : 0));
  for (const count of counts) writer.count(count);
}

/** @throws DamagedRecord where the bytes are no record */
export function readFigures(reader: ByteReader): LaneFigures {
  const slots = reader.count();
  const used = reader.count();
  const reclaimable = reader.countOrNull();
  const timeWait = reader.count();
  const live = used - timeWait - reader.signed();
  const opensPerSecond = unscaled(reader.countOrNull(), RATE_STEPS);
  const secondsToCliff = unscaled(reader.countOrNull(), WAIT_STEPS);
  const secondsToExhaustion = unscaled(reader.countOrNull(), WAIT_STEPS);
  return { slots, used, live, timeWait, reclaimable, opensPerSecond, secondsToCliff, secondsToExhaustion };
}

/** @throws DamagedRecord where the bytes are no record */
export function readLane(reader: ByteReader): LaneRecord {
  const { timeWait, ...figures } = readFigures(reader);
  const flags = reader.count();
  const reused = (flags >>> REUSE_SHIFT) & REUSE_MASK;
  return {
    ...figures,
    states: readStates(reader, flags >>> STATES_SHIFT, timeWait),
    pool: (flags & FROM_SOURCE) === 0 ? 'lane' : 'source',
    reuse: reused === 0 ? null : reused === 2,
    holdSeconds: unscaled(reader.countOrNull(), HOLD_STEPS),
    cliffAt: reader.countOrNull(),
    settlesAt: unscaled(reader.countOrNull(), SHARE_STEPS),
    owner: readOwner(reader),
  };
}

function unscaled(value: number | null, steps: number): number | null {
  return value === null ? null : value / steps;
}

function readStates(reader: ByteReader, mask: number, timeWait: number): LaneRecord['states'] {
  const states: Partial<Record<TcpStateName, number>> = {};
  for (let state = 0; state < TCP_STATE_COUNT; state += 1) {
    const name = tcpStateName(state);
    const count = state === TcpState.TIME_WAIT ? timeWait : (mask & (1 << state)) === 0 ? 0 : reader.count();
    if (name !== undefined && count > 0) states[name] = count;
  }
  return states;
}

function readOwner(reader: ByteReader): OwnerRecord | null {
  const name = reader.count();
  return name === 0 ? null : { name, pid: reader.count(), sockets: reader.count() };
}
