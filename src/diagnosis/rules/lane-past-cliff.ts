import { localPortRange } from '../../remedies/local-port-range.ts';
import type { Machine } from '../../remedies/machine.ts';
import { formatCount, formatRate, formatWait } from '../../tcp/number-text.ts';
import type { LaneReport } from '../report.ts';
import type { Finding, Rule } from '../rule.ts';
import { describeLane } from '../text.ts';
import { explainHeld, folkloreFor, remediesFor } from './by-cause.ts';
import { groupLanes, type LaneGroup } from './lane-groups.ts';
import { isCliffNear, type Outlook, outlookOf } from './lane-outlook.ts';

/** There the lane has a worse finding, which has the same remedies. */
const WORSE: readonly Outlook[] = ['exhausted', 'perhaps-exhausted', 'exhausting-now'];

/** A lane is past the cliff, or will be within five minutes. */
export const lanePastCliff: Rule = {
  code: 'lane-past-cliff',
  *examine({ namespace, machine }) {
    for (const group of groupLanes(namespace.lanes)) {
      if (isCliffNear(group.lane) && !WORSE.includes(outlookOf(group.lane))) yield finding(group, machine);
    }
  },
};

function finding(group: LaneGroup, machine: Machine): Finding {
  const { lane, held } = group;
  const { secondsToCliff, cliffAt, slots, used, opensPerSecond } = lane;
  return {
    severity: 'warning',
    lane,
    summary: secondsToCliff === 0 ? isPast(lane) : isNear(lane),
    explanation: `connect() first tries every port of the range that has the parity of its low end, then the others. When all of the first half are taken it finds that out anew at each call, which costs up to a thousand times more CPU and grows with the range; nothing fails yet. ${explainHeld(group, machine)}`,
    evidence: { secondsToCliff, cliffAt, slots, used, opensPerSecond, states: held.states },
    remedies: [localPortRange, ...remediesFor(group)],
    unhelpful: folkloreFor(group),
  };
}

function isPast(lane: LaneReport): string {
  return `${describeLane(lane)} is past the cliff: ${formatCount(lane.used)} of ${formatCount(lane.slots)} slots are taken, and ${since(lane)}each connect() first tries all ports of one parity in vain, at up to a thousand times the CPU.`;
}

/** What a lane holds of the second pass too is behind the cliff: where it began is not known then. */
function since(lane: LaneReport): string {
  return lane.cliffAt !== null && lane.cliffAt >= lane.used ? '' : `${cliff(lane)} `;
}

function isNear(lane: LaneReport): string {
  const { slots, used, secondsToCliff, opensPerSecond } = lane;
  const rate = opensPerSecond === null ? '' : ` and it opens ${formatRate(opensPerSecond)} connections per second`;
  return `${describeLane(lane)} reaches the cliff in ${formatWait(secondsToCliff ?? 0)}: ${formatCount(used)} of ${formatCount(slots)} slots are taken${rate}; ${cliff(lane)} each connect() costs up to a thousand times more CPU.`;
}

function cliff({ cliffAt }: LaneReport): string {
  return cliffAt === null ? 'from about half of them on' : `from ${formatCount(cliffAt)} on`;
}
