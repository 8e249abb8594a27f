import { narrowestPool, tierPools } from '../../plan/pools.ts';
import { remediedPools } from '../../plan/remedied-pools.ts';
import { simulate } from '../../plan/simulation/simulate.ts';
import { DEFAULT_TRAFFIC, type Tier, type Traffic } from '../../plan/topology.ts';
import type { Machine } from '../../remedies/machine.ts';
import type { Remedy } from '../../remedies/remedy.ts';
import { type LaneModel, modelSlots, modelSustainableOpensPerSecond } from '../../tcp/lane-model.ts';
import { formatCount, formatRate, formatSeconds, plural } from '../../tcp/number-text.ts';
import { ANSWER_SECONDS } from './site.ts';

/** What clients ask of every proxy: more than the proxy as it is has slots for, within the time of a TIME_WAIT. */
export interface Offer {
  readonly count: number;
  readonly perSecond: number;
  /** Where the proxy closes first: slots that are held already, in TIME_WAIT, of each lane of the proxy as it is. */
  readonly heldPerLane: number;
  readonly heldLanes: number;
}

/** What is expected of a proxy. */
export interface Outlook {
  readonly model: LaneModel;
  readonly slots: number;
  /** Of the slots, those that are not held already. */
  readonly freeSlots: number;
  readonly sustainableOpensPerSecond: number;
  /** Requests that find no port. */
  readonly refused: number;
  /** When the first does; null where none does. */
  readonly firstRefusalSeconds: number | null;
  /** The arithmetic, for a reader. */
  readonly basis: string;
}

const SECONDS = 5;
/**
 * Of the slots that are free at first: more than them, so that they end; few enough that the slots that come back after
 * the longest age that recycling waits for (3.5 s) suffice.
 */
const OVERLOAD = 1.3;
/** Where a lane has more slots, the others are held before: clients would have to send more than this machine can. */
const MOST_FREE = 1_000;

/** @param model of the proxy as it is */
export function offerFor({ lanes, slotsPerLane }: LaneModel): Offer {
  const free = Math.min(slotsPerLane, MOST_FREE);
  const count = Math.ceil(OVERLOAD * free) * lanes;
  return { count, perSecond: count / SECONDS, heldPerLane: slotsPerLane - free, heldLanes: lanes };
}

/** The proxy's lanes, by the plan's arithmetic. @param remedy what is changed; null for nothing */
export function laneModel(machine: Machine, backends: number, remedy: Remedy | null): LaneModel {
  const pools = tierPools(tierOf(machine, backends));
  return narrowestPool(remedy === null ? pools : remediedPools(pools, remedy, machine)).model;
}

/**
 * What comes of an offer, by the plan's simulation: it comes evenly, and takes the lanes in turn. Where slots are held
 * already, new lanes are taken to have no more free ones than the others.
 */
export function outlookOf(model: LaneModel, { count, perSecond, heldPerLane, heldLanes }: Offer): Outlook {
  const { lanes, slotsPerLane, holdSeconds, afterCloseSeconds } = model;
  const held = afterCloseSeconds === 0 ? 0 : heldPerLane;
  const { pattern, hold, laneChoice, retries } = TRAFFIC;
  const { attempts, refusals, firstRefusalSeconds } = simulate(
    {
      ...{ lanes, slotsPerLane: slotsPerLane - held, opensPerSecond: perSecond },
      ...{ pattern, holdSeconds, hold, afterCloseSeconds, laneChoice, retries },
    },
    // The last one comes before the end.
    { seconds: (count - 0.5) / perSecond, warmUpSeconds: 0, seed: 1 },
  );
  const slots = modelSlots(model);
  const freeSlots = slots - heldLanes * held;
  const after = afterCloseSeconds === 0 ? 'and not longer' : `and then ${formatSeconds(afterCloseSeconds)}`;
  return {
    ...{ model, slots, freeSlots, refused: refusals, firstRefusalSeconds },
    sustainableOpensPerSecond: modelSustainableOpensPerSecond(model),
    basis: `${formatCount(attempts)} requests, ${formatRate(perSecond)}/s; ${formatCount(freeSlots)} free slots in ${plural(lanes, 'lane')}, each held ${formatSeconds(holdSeconds)} ${after}`,
  };
}

const TRAFFIC: Omit<Traffic, 'requestsPerSecond'> = {
  ...DEFAULT_TRAFFIC,
  pattern: { kind: 'constant' },
  holdSeconds: ANSWER_SECONDS,
  hold: { kind: 'constant' },
  laneChoice: { kind: 'round-robin' },
};

/** The proxy and its backends as `plan` knows them. */
function tierOf({ range, reserved, listening, timeWaitSeconds }: Machine, backends: number): Tier {
  return {
    name: 'proxy → backend',
    from: { name: 'proxy', hosts: 1, addresses: 1 },
    to: { name: 'backend', hosts: backends, addresses: 1, ports: 1 },
    via: null,
    settings: { range, reserved, listening, timeWaitSeconds, boundBeforeConnect: false, reuseDelaySeconds: null },
    // What is offered does not change how lanes are made.
    traffic: { ...TRAFFIC, requestsPerSecond: 0 },
  };
}
