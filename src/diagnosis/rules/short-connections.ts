import { closeFromOtherEnd } from '../../remedies/close-from-other-end.ts';
import { keepConnections } from '../../remedies/keep-connections.ts';
import type { Machine } from '../../remedies/machine.ts';
import { formatCount, formatRate, formatSeconds, plural } from '../../tcp/number-text.ts';
import { FOLKLORE } from '../folklore.ts';
import { modelOf } from '../lane-facts.ts';
import type { LaneReport } from '../report.ts';
import type { Finding, Rule } from '../rule.ts';
import { describeLane } from '../text.ts';
import { outlookOf } from './lane-outlook.ts';

/** Longer ones are work of their own: keeping them would save little. */
const SHORT_SECONDS = 1;
/** Of the used slots, those in TIME_WAIT: the lane holds what is over, hardly what is going on. */
const MOSTLY_TIME_WAIT = 0.8;
/** Of the slots, those used: below, nobody need care. */
const USED_THAT_MATTERS = 0.25;
const HALF_FULL = 0.5;
/** In seconds: `0.1 ms` is as short as a duration is written. */
const SHORTEST_TOLD = 0.000_1;

/** Many connections, each over at once: their slots are held for nothing, and few that are kept would do. */
export const shortConnections: Rule = {
  code: 'short-connections',
  *examine({ namespace, machine }) {
    for (const lane of namespace.lanes) {
      const { opensPerSecond, holdSeconds } = lane;
      if (opensPerSecond === null || holdSeconds === null || holdSeconds >= SHORT_SECONDS) continue;
      if (isMostlyTimeWait(lane)) yield finding(lane, { opensPerSecond, holdSeconds }, machine);
    }
  },
};

/** What is known of a lane that the rule speaks of. */
interface Rates {
  readonly opensPerSecond: number;
  readonly holdSeconds: number;
}

function isMostlyTimeWait({ slots, used, states }: LaneReport): boolean {
  return used >= USED_THAT_MATTERS * slots && (states.TIME_WAIT ?? 0) >= MOSTLY_TIME_WAIT * used;
}

function finding(lane: LaneReport, rates: Rates, machine: Machine): Finding {
  const { slots, used, utilization, network } = lane;
  const { opensPerSecond, holdSeconds } = rates;
  const { afterCloseSeconds } = modelOf(lane, machine);
  const isFilling = (utilization !== null && utilization >= HALF_FULL) || outlookOf(lane) !== 'fine';
  return {
    severity: isFilling ? 'warning' : 'info',
    lane,
    summary: summary(lane, rates, afterCloseSeconds),
    explanation: explanation(lane, rates),
    evidence: {
      ...{ opensPerSecond, holdSeconds, afterCloseSeconds, slots, used, timeWait: lane.states.TIME_WAIT ?? 0 },
      keptConnections: keptConnections(rates),
      bytesPerConnection: network?.bytesPerConnection ?? null,
    },
    remedies: [keepConnections, closeFromOtherEnd],
    unhelpful: [FOLKLORE.finTimeout, FOLKLORE.maxTwBuckets],
  };
}

function summary(lane: LaneReport, { opensPerSecond, holdSeconds }: Rates, afterCloseSeconds: number): string {
  const opens = `${describeLane(lane)} opens ${formatRate(opensPerSecond)} connections per second`;
  const after = `${formatCount(afterCloseSeconds)} s`;
  // None was open at the instant of the census.
  if (holdSeconds === 0) return `${opens}, so short that none is open now, and each holds its slot for ${after} more.`;
  const times = formatCount(afterCloseSeconds / holdSeconds);
  const life = holdSeconds < SHORTEST_TOLD ? `less than ${formatSeconds(SHORTEST_TOLD)}` : formatSeconds(holdSeconds);
  return `${opens} that live ${life} and then hold their slots for ${after} more, ${times} times as long.`;
}

function explanation(lane: LaneReport, rates: Rates): string {
  const { used, slots, states, network } = lane;
  const bytes = network?.bytesPerConnection ?? null;
  const carried = bytes === null ? '' : ` Those open now have carried ${plural(bytes, 'byte')} each so far.`;
  const kept = keptConnections(rates);
  const would = `about ${plural(kept, 'connection')} would carry the same`;
  return `${formatCount(states.TIME_WAIT ?? 0)} of the ${formatCount(used)} slots it uses of ${formatCount(slots)} belong to connections that are over.${carried} Kept open and used again, ${would} (opens per second × the life of a connection).`;
}

/** How many connections are open at a time (Little's law): so many would do if they were kept. Both factors are rounded. */
function keptConnections({ opensPerSecond, holdSeconds }: Rates): number {
  return Math.max(1, Math.ceil(Number((opensPerSecond * holdSeconds).toFixed(1))));
}
