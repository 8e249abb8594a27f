import type { Machine } from '../../remedies/machine.ts';
import { formatCount, formatRate, formatShare, formatWait } from '../../tcp/number-text.ts';
import type { LaneReport, Severity } from '../report.ts';
import type { Finding, Rule } from '../rule.ts';
import { describeLane } from '../text.ts';
import { describeHeld, explainHeld, folkloreFor, remediesFor } from './by-cause.ts';
import { groupLanes, type LaneGroup } from './lane-groups.ts';
import { outlookOf } from './lane-outlook.ts';

/** Above it, how much more load the lane bears is too little to tell. */
const NO_ROOM = 0.995;

/** A lane runs out within the hour, stays close to it, or may: it is nearly full and its rate is not known. */
export const laneExhausting: Rule = {
  code: 'lane-exhausting',
  *examine({ namespace, machine }) {
    for (const group of groupLanes(namespace.lanes)) {
      switch (outlookOf(group.lane)) {
        case 'exhausting-now':
          yield finding(group, 'critical', runsOut(group), machine);
          break;
        case 'exhausting-soon':
          yield finding(group, 'warning', runsOut(group), machine);
          break;
        case 'settling-high':
          yield finding(group, 'warning', settlesHigh(group.lane), machine);
          break;
        case 'nearly-full':
          yield finding(group, 'warning', nearlyFull(group), machine);
          break;
      }
    }
  },
};

function finding(group: LaneGroup, severity: Severity, summary: string, machine: Machine): Finding {
  const { lane, others, held } = group;
  const { slots, used, reclaimable, free, utilization, pool, opensPerSecond, rates } = lane;
  const { secondsToExhaustion, settlesAt } = lane;
  return {
    severity,
    lane,
    summary,
    explanation: `${explainHeld(group, machine)} ${whatFollows(lane)}`,
    evidence: {
      ...{ secondsToExhaustion, settlesAt, opensPerSecond, rates, slots, used, reclaimable, free, utilization },
      ...{ states: held.states, pool, lanesThatShare: others },
    },
    remedies: remediesFor(group),
    unhelpful: folkloreFor(group),
  };
}

function runsOut({ lane, held }: LaneGroup): string {
  const { slots, free, secondsToExhaustion, opensPerSecond } = lane;
  const rate = opensPerSecond === null ? '' : `it opens ${formatRate(opensPerSecond)} connections per second and `;
  const room = free === null ? `at least ${formatCount(slots - lane.used)}` : formatCount(free);
  return `${describeLane(lane)} runs out of slots in ${formatWait(secondsToExhaustion ?? 0)}: ${rate}has ${room} of ${formatCount(slots)} slots free (${describeHeld(held)}).`;
}

function settlesHigh(lane: LaneReport): string {
  const { slots, settlesAt, opensPerSecond } = lane;
  const level = settlesAt ?? 1;
  const more = level > NO_ROOM ? 'any' : formatShare(1 / level - 1);
  const rate = opensPerSecond === null ? '' : ` at ${formatRate(opensPerSecond)} new connections per second`;
  return `${describeLane(lane)} settles${rate} with ${formatCount(level * slots)} of ${formatCount(slots)} slots taken: ${more} more load exhausts it.`;
}

function nearlyFull({ lane, held }: LaneGroup): string {
  return `${describeLane(lane)} is almost full: ${formatCount(lane.free)} of ${formatCount(lane.slots)} slots are free (${describeHeld(held)}), and how fast they go is not known; fourtuple status --watch-closes 2s finds out.`;
}

function whatFollows({ pool, source }: LaneReport): string {
  return pool === 'source'
    ? `When no slot is left, bind() fails with EADDRINUSE for every destination of ${source}.`
    : 'When no slot is left, connect() fails with EADDRNOTAVAIL.';
}
