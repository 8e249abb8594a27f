import { closeWhatLeaks } from '../../remedies/close-what-leaks.ts';
import { formatCount, formatShare } from '../../tcp/number-text.ts';
import { FOLKLORE } from '../folklore.ts';
import type { LaneReport } from '../report.ts';
import type { Finding, Rule } from '../rule.ts';
import { describeLane, describeOwner } from '../text.ts';
import { pileUpFrom, pileUpSeverity, shareOfSlots } from './pile-up.ts';

/** Of the live sockets: fewer are those that a busy program is about to close. */
const LEAKING_SHARE = 0.2;

/** The other end has closed, the program has not. */
export const closeWaitLeak: Rule = {
  code: 'close-wait-leak',
  *examine({ namespace }) {
    for (const lane of namespace.lanes) {
      const leaked = lane.states.CLOSE_WAIT ?? 0;
      if (leaked >= pileUpFrom(lane.slots) && leaked >= LEAKING_SHARE * lane.live) yield findingOf(lane, leaked);
    }
  },
};

function findingOf(lane: LaneReport, leaked: number): Finding {
  const share = shareOfSlots(leaked, lane.slots);
  const ofLive = leaked / lane.live;
  return {
    severity: pileUpSeverity(share),
    lane,
    summary:
      `${describeLane(lane)} has ${formatCount(leaked)} connections in CLOSE_WAIT, ${formatShare(share)} of its slots: ` +
      `the other end has closed them, ${describeOwner(lane.processes) ?? 'the program here'} has not.`,
    explanation:
      `${formatShare(ofLive)} of the live connections of this lane wait for the program to call close(): the kernel has ` +
      'no time-out for that. Most often a connection pool, or what the program does after an error, has lost sight of ' +
      'connections that the other end gave up. A restart frees their slots at once, until they leak again. Only where ' +
      'the program has set SO_KEEPALIVE does the kernel find out that the other end is gone, after tcp_keepalive_time ' +
      '(two hours by default), and frees the slot.',
    evidence: { closeWait: leaked, live: lane.live, slots: lane.slots, shareOfSlots: share, shareOfLive: ofLive },
    remedies: [closeWhatLeaks],
    unhelpful: [FOLKLORE.anySysctl, FOLKLORE.finTimeout],
  };
}
