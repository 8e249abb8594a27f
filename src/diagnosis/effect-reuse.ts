import type { Machine } from '../remedies/machine.ts';
import { plural } from '../tcp/number-text.ts';
import type { TakeOver } from './effect-take-over.ts';
import type { LaneReport } from './report.ts';

/** Whether connect() takes over the TIME_WAIT slots of a lane once they are old enough. */
export interface ReuseSeen {
  /** null where that is not known. */
  readonly applies: boolean | null;
  /** How it is known, or why it is not: one sentence without a full stop. */
  readonly text: string;
}

/**
 * Whether tcp_tw_reuse applies to a lane: as the kernel answered, else as the census knows it.
 *
 * @param lane as it is now; undefined where it is not listed any more
 * @param before the machine as it was before the remedy
 */
export function seeReuse(
  { answer, text }: TakeOver,
  lane: LaneReport | undefined,
  before: Machine,
  after: Machine,
): ReuseSeen {
  if (answer === true) return { applies: true, text };
  if (answer === false) return { applies: false, text: `${text}: ${whyNot(lane, before, after)}` };
  const applies = lane?.reuse ?? null;
  if (applies === null) return { applies, text: `not known yet: ${text}` };
  return applies
    ? { applies, text: `tcp_tw_reuse applies by settings and timestamps, though connect() was not asked: ${text}` }
    : { applies, text: `tcp_tw_reuse does not apply: ${whyNot(lane, before, after)}` };
}

/** Which of the conditions of `tcp_twsk_unique()` beside the age of the socket is not met. */
function whyNot(lane: LaneReport | undefined, before: Machine, after: Machine): string {
  if (lane?.pool === 'source') {
    return 'its sockets are bound before they connect, and bind() takes over no TIME_WAIT slot';
  }
  if (after.tcpTwReuse === 0) return 'tcp_tw_reuse is 0';
  if (after.tcpTimestamps === 0) return 'tcp_timestamps is 0 here';
  if (before.tcpTimestamps === 0) {
    return 'timestamps were off here when those connections were opened; new ones have them';
  }
  const { samples = 0, timestampsShare = null } = lane?.network ?? {};
  if (samples > 0 && timestampsShare === 0) {
    return `the other end has no timestamps (0 of ${plural(samples, 'connection')})`;
  }
  return after.tcpTwReuse === 2 ? 'tcp_tw_reuse is 2, for loopback only' : 'those connections had no timestamps';
}
