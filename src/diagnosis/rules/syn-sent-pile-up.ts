import { connectTimeout } from '../../remedies/connect-timeout.ts';
import { formatCount, formatShare } from '../../tcp/number-text.ts';
import { FOLKLORE } from '../folklore.ts';
import type { LaneReport } from '../report.ts';
import type { Finding, Rule } from '../rule.ts';
import { describeLane } from '../text.ts';
import { pileUpFrom, pileUpSeverity, shareOfSlots } from './pile-up.ts';

/** A destination that answers holds each connection for at least as long again as its handshake took. */
const UNANSWERED_SHARE = 0.5;

/** The destination does not answer, and each attempt holds a slot until it times out. */
export const synSentPileUp: Rule = {
  code: 'syn-sent-pile-up',
  *examine({ namespace }) {
    for (const lane of namespace.lanes) {
      const waiting = lane.states.SYN_SENT ?? 0;
      if (waiting >= pileUpFrom(lane.slots) && waiting > UNANSWERED_SHARE * lane.live) yield findingOf(lane, waiting);
    }
  },
};

function findingOf(lane: LaneReport, waiting: number): Finding {
  const share = shareOfSlots(waiting, lane.slots);
  const ofLive = waiting / lane.live;
  const answers = ofLive === 1 ? 'the destination answers none of them' : 'the destination answers few of them';
  return {
    severity: pileUpSeverity(share),
    lane,
    summary:
      `${describeLane(lane)} has ${formatCount(waiting)} connections in SYN_SENT, ${formatShare(share)} of its slots: ` +
      `${answers}, and each waits until its time-out.`,
    explanation:
      `${formatShare(ofLive)} of the live connections of this lane are attempts without an answer: the destination is ` +
      'down or overloaded, or a firewall drops what is sent to it. Each attempt holds its slot until the program gives ' +
      'up or, where it sets no time-out, until the kernel does: after two minutes with tcp_syn_retries 6, the default. A ' +
      'lower value shortens that for every connection of the namespace (1: 3 s); a time-out in the program ' +
      'is the better place, for it can differ by destination.',
    evidence: { synSent: waiting, live: lane.live, slots: lane.slots, shareOfSlots: share, shareOfLive: ofLive },
    remedies: [connectTimeout],
    unhelpful: [FOLKLORE.finTimeout],
  };
}
