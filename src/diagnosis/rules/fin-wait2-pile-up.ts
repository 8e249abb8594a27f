import { closeFromOtherEnd } from '../../remedies/close-from-other-end.ts';
import { lowerFinTimeout } from '../../remedies/lower-fin-timeout.ts';
import type { Machine } from '../../remedies/machine.ts';
import { finWait2Seconds, FIN_TIMEOUT_ODD_ABOVE_SECONDS as ODD_ABOVE } from '../../tcp/fin-wait2.ts';
import { formatCount, formatSeconds, formatShare } from '../../tcp/number-text.ts';
import { LINUX_TIME_WAIT_MS } from '../../tcp/time-wait.ts';
import { FOLKLORE } from '../folklore.ts';
import type { LaneReport } from '../report.ts';
import type { Finding, Rule } from '../rule.ts';
import { describeLane } from '../text.ts';
import { pileUpFrom, pileUpSeverity, shareOfSlots } from './pile-up.ts';

/** Fewer than a tenth as many as in TIME_WAIT pass within some six seconds: a busy lane that closes in good order. */
const OF_TIME_WAIT = 0.1;
const TIME_WAIT_SECONDS: number = LINUX_TIME_WAIT_MS / 1_000;

/** This end has closed, and the other does not. */
export const finWait2PileUp: Rule = {
  code: 'fin-wait2-pile-up',
  *examine({ namespace, machine }) {
    for (const lane of namespace.lanes) {
      const timeWait = lane.states.TIME_WAIT ?? 0;
      // The time-wait minisocks that are not in TIME_WAIT: a FIN_WAIT2 that the program still holds is live. Above 60 s of
      // tcp_fin_timeout an orphan is so too for the first half of its time.
      const orphans = lane.used - lane.live - timeWait;
      if (orphans >= pileUpFrom(lane.slots) && orphans >= OF_TIME_WAIT * timeWait)
        yield findingOf(lane, orphans, machine);
    }
  },
};

function findingOf(lane: LaneReport, orphans: number, machine: Machine): Finding {
  const share = shareOfSlots(orphans, lane.slots);
  const setting = machine.tcpFinTimeoutSeconds;
  const held = setting === null ? null : finWait2Seconds(setting);
  const canBeLower = lowerFinTimeout.changes?.(machine).length !== 0;
  return {
    severity: pileUpSeverity(share),
    lane,
    summary:
      `${describeLane(lane)} has ${formatCount(orphans)} closed connections in FIN_WAIT2, ${formatShare(share)} of its ` +
      `slots: the other end does not close them, and each holds its slot ${describeHold(held)}.`,
    explanation: [
      'This end has closed these connections, no process has them any more, and the kernel waits for the other end.',
      explainHold(setting, held),
      `Where the other end closes in time, TIME_WAIT follows and holds the slot for ${TIME_WAIT_SECONDS} s more.`,
      canBeLower ? 'This is the one case in which a lower tcp_fin_timeout helps.' : '',
      'Better still is to let the other end close first: then this end holds no slot after that.',
    ]
      .filter(Boolean)
      .join(' '),
    evidence: {
      ...{ orphanFinWait2: orphans, slots: lane.slots, shareOfSlots: share },
      ...{ tcpFinTimeoutSeconds: setting, heldSeconds: held },
    },
    remedies: canBeLower ? [closeFromOtherEnd, lowerFinTimeout] : [closeFromOtherEnd],
    unhelpful: [FOLKLORE.maxTwBuckets],
  };
}

function describeHold(held: number | null): string {
  return held === null ? 'until tcp_fin_timeout ends it' : `for ${formatSeconds(held)}`;
}

function explainHold(setting: number | null, held: number | null): string {
  if (setting === null || held === null) return 'How long it waits, tcp_fin_timeout says (60 s by default).';
  const odd = `: above ${ODD_ABOVE} the kernel waits twice what the value exceeds ${ODD_ABOVE} by`;
  return `With tcp_fin_timeout ${setting} it waits ${formatSeconds(held)}${setting > ODD_ABOVE ? odd : ''}.`;
}
