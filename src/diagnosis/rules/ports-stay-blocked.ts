import type { PortSample } from '../../census/port-sample.ts';
import { bindAddressNoPort } from '../../remedies/bind-address-no-port.ts';
import { isAtLeast } from '../../remedies/kernel-version.ts';
import type { Machine } from '../../remedies/machine.ts';
import { moreSourceAddresses } from '../../remedies/more-source-addresses.ts';
import { reserveListeners } from '../../remedies/reserve-listeners.ts';
import { widerRange } from '../../remedies/wider-range.ts';
import { formatCount, formatShare, plural } from '../../tcp/number-text.ts';
import type { Finding, Rule } from '../rule.ts';
import { enumerate } from './enumerate.ts';

/** Fewer may have been bound since the census. */
const FEWEST_BLOCKED = 3;
const SHARE_THAT_HURTS = 0.1;

const OLDER_KERNELS =
  'Before Linux 6.18 a port that was bound explicitly once stays blocked as long as any socket lives on it, even if that socket was not bound and the one that was has been closed for long.';
const EVERY_KERNEL =
  'Connections that a listener inside the range has accepted keep its port blocked after the listener is closed, and so do connections in TIME_WAIT that were bound before they connected: the kernel does not list how they were bound.';

/** The kernel skips ports in its choice for which no socket that is bound to them can be seen. */
export const portsStayBlocked: Rule = {
  code: 'ports-stay-blocked',
  *examine({ namespace, machine, unseenBlocked }) {
    if (unseenBlocked === null || unseenBlocked.blocked < FEWEST_BLOCKED) return;
    yield finding(unseenBlocked, namespace.ports.size, machine);
  },
};

function finding(sample: PortSample, size: number, { kernel }: Machine): Finding {
  const { held, asked, blocked, examples } = sample;
  const estimate = Math.round((blocked / asked) * held);
  const isOlder = isAtLeast(kernel, 6, 18) === false;
  return {
    severity: estimate >= SHARE_THAT_HURTS * size ? 'warning' : 'info',
    lane: null,
    summary: summary(sample, estimate, size),
    explanation: `${isOlder ? `${OLDER_KERNELS} ${EVERY_KERNEL}` : EVERY_KERNEL} connect() skips such a port for every lane, and it comes back when the last socket on it is gone; the slots told here count it as usable.`,
    evidence: { estimatedPorts: estimate, rangeSize: size, heldPorts: held, asked, blocked, examples },
    remedies: [bindAddressNoPort, reserveListeners, widerRange, moreSourceAddresses],
    unhelpful: [],
  };
}

function summary({ held, asked, blocked, examples }: PortSample, estimate: number, size: number): string {
  const isSample = asked < held;
  const count = `${isSample ? 'About ' : ''}${formatCount(estimate)} of ${plural(size, 'port')} of the range (${formatShare(estimate / size)})`;
  const named = `${examples.length < blocked ? 'such as ' : ''}${enumerate(examples.map(String))}`;
  const sampled = isSample ? `${formatCount(blocked)} of ${formatCount(asked)} asked about, ` : '';
  return `${count} stay blocked for every lane, though no visible socket is bound to them (${sampled}${named}).`;
}
