import { bindAddressNoPort } from '../../remedies/bind-address-no-port.ts';
import { closeFromOtherEnd } from '../../remedies/close-from-other-end.ts';
import { closeWhatLeaks } from '../../remedies/close-what-leaks.ts';
import { connectTimeout } from '../../remedies/connect-timeout.ts';
import { keepConnections } from '../../remedies/keep-connections.ts';
import type { Machine } from '../../remedies/machine.ts';
import { moreDestinationAddresses } from '../../remedies/more-destination-addresses.ts';
import { moreDestinationPorts } from '../../remedies/more-destination-ports.ts';
import { moreSourceAddresses } from '../../remedies/more-source-addresses.ts';
import { recycleTimeWait } from '../../remedies/recycle-time-wait.ts';
import type { Remedy } from '../../remedies/remedy.ts';
import { shorterReuseDelay } from '../../remedies/shorter-reuse-delay.ts';
import { spreadDestinations } from '../../remedies/spread-destinations.ts';
import { spreadSources } from '../../remedies/spread-sources.ts';
import { tcpTwRecycle } from '../../remedies/tcp-tw-recycle.ts';
import { tcpTwReuse } from '../../remedies/tcp-tw-reuse.ts';
import { widerRange } from '../../remedies/wider-range.ts';
import { formatCount, formatRate } from '../../tcp/number-text.ts';
import type { TcpStateName } from '../../tcp/state.ts';
import { FOLKLORE, type Folklore } from '../folklore.ts';
import { enumerate } from './enumerate.ts';
import type { Held, LaneGroup } from './lane-groups.ts';

/** Why slots are taken, by the states of the sockets that hold them. */
export type Cause = 'time-wait' | 'open' | 'close-wait' | 'syn-sent' | 'closing';

/** Who holds at least this share of the taken slots is a cause worth treating. */
const SHARE_THAT_MATTERS = 0.25;

const CAUSE_OF: Readonly<Partial<Record<TcpStateName, Cause>>> = {
  ...{ TIME_WAIT: 'time-wait', CLOSE_WAIT: 'close-wait', SYN_SENT: 'syn-sent' },
  ...{ FIN_WAIT1: 'closing', FIN_WAIT2: 'closing', CLOSING: 'closing', LAST_ACK: 'closing' },
};

const WORDS: Readonly<Record<Cause, string>> = {
  'time-wait': 'in TIME_WAIT',
  open: 'open',
  'close-wait': 'in CLOSE_WAIT',
  'syn-sent': 'in SYN_SENT',
  closing: 'closing',
};

const SPREADING = [spreadSources, spreadDestinations];
const MORE_LANES = [moreDestinationAddresses, moreDestinationPorts, moreSourceAddresses, ...SPREADING];
const LESS_TIME_WAIT = [tcpTwReuse, keepConnections, closeFromOtherEnd, recycleTimeWait];

const REMEDIES: Readonly<Record<Cause, readonly Remedy[]>> = {
  'time-wait': [...LESS_TIME_WAIT, widerRange, ...MORE_LANES, tcpTwRecycle],
  open: [widerRange, ...MORE_LANES],
  'close-wait': [closeWhatLeaks],
  'syn-sent': [connectTimeout],
  closing: [keepConnections, closeFromOtherEnd, widerRange, ...MORE_LANES],
};

const { finTimeout, twRecycle, maxTwBuckets, conntrackTimeWait, moreFiles, anySysctl } = FOLKLORE;
const UNHELPFUL: Readonly<Record<Cause, readonly Folklore[]>> = {
  'time-wait': [finTimeout, twRecycle, maxTwBuckets, conntrackTimeWait, moreFiles],
  open: [finTimeout, moreFiles],
  'close-wait': [anySysctl],
  'syn-sent': [finTimeout, moreFiles],
  closing: [maxTwBuckets, conntrackTimeWait, moreFiles],
};

/** How many slots each cause holds, the largest first. */
function heldByCause({ states }: Held): [cause: Cause, count: number][] {
  const counts = new Map<Cause, number>();
  for (const [state, count] of Object.entries(states) as [TcpStateName, number][]) {
    const cause = CAUSE_OF[state] ?? 'open';
    if (count > 0) counts.set(cause, (counts.get(cause) ?? 0) + count);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** The causes that matter, the largest first. */
export function causesOf(held: Held): Cause[] {
  const [largest, ...others] = heldByCause(held);
  if (largest === undefined) return [];
  return [largest, ...others.filter(([, count]) => count >= SHARE_THAT_MATTERS * held.used)].map(([cause]) => cause);
}

/** `27,791 in TIME_WAIT and 120 open`. */
export function describeHeld(held: Held): string {
  return enumerate(heldByCause(held).map(([cause, count]) => `${formatCount(count)} ${WORDS[cause]}`));
}

/** What helps against what holds the slots. */
export function remediesFor({ lane, held }: LaneGroup): Remedy[] {
  const remedies = new Set(causesOf(held).flatMap((cause) => REMEDIES[cause]));
  if (lane.reuse === true && remedies.delete(tcpTwReuse)) remedies.add(shorterReuseDelay);
  if (lane.pool === 'lane') return [...remedies];
  // bind() chooses the port without a look at the destination, and takes over no TIME_WAIT slot.
  for (const remedy of [tcpTwReuse, moreDestinationAddresses, moreDestinationPorts, ...SPREADING]) {
    remedies.delete(remedy);
  }
  return [bindAddressNoPort, ...remedies];
}

/** What is often advised against what holds the slots, and does not help. */
export function folkloreFor({ held }: LaneGroup): Folklore[] {
  return [...new Set(causesOf(held).flatMap((cause) => UNHELPFUL[cause]))];
}

/** Why the slots are taken, and what that means: a sentence or two for each cause. */
export function explainHeld({ lane, held }: LaneGroup, machine: Machine): string {
  const explanations: Readonly<Record<Cause, () => string>> = {
    'time-wait': () => explainTimeWait(lane.slots, lane.reuse === true, machine),
    open: () =>
      'Open connections give their slots back only when they end: more slots are needed, or fewer connections at once.',
    'close-wait': () =>
      'In CLOSE_WAIT the other end has closed and the program has not: such a slot stays taken until the program closes its socket or ends.',
    'syn-sent': () =>
      'In SYN_SENT nobody has answered yet: a destination that drops packets holds each slot until connect() gives up, after some two minutes by default.',
    closing: () =>
      'What is closing waits for the other end to close too: a closed socket stays in FIN_WAIT2 for tcp_fin_timeout, and in TIME_WAIT after that.',
  };
  return causesOf(held)
    .map((cause) => explanations[cause]())
    .join(' ');
}

function explainTimeWait(slots: number, reuse: boolean, { timeWaitSeconds, tcpTwReuseDelaySeconds }: Machine): string {
  const sentence = `Where this end closes first, the kernel keeps the slot in TIME_WAIT for about ${formatCount(timeWaitSeconds)} s more`;
  if (reuse) {
    return `${sentence}; tcp_tw_reuse applies here, but takes over only those that are older than ${tcpTwReuseDelaySeconds ?? 1} s.`;
  }
  return `${sentence}: ${formatCount(slots)} slots last for ${formatRate(slots / timeWaitSeconds)} new connections per second and no more. TIME_WAIT belongs to no process: ending the program frees none.`;
}
