import { bindAddressNoPort } from '../../remedies/bind-address-no-port.ts';
import { closeWhatLeaks } from '../../remedies/close-what-leaks.ts';
import { moreSourceAddresses } from '../../remedies/more-source-addresses.ts';
import { widerRange } from '../../remedies/wider-range.ts';
import { formatCount, formatShare, plural } from '../../tcp/number-text.ts';
import type { NamespaceReport, Severity } from '../report.ts';
import type { Finding, Rule } from '../rule.ts';
import { describeOwner } from '../text.ts';
import { type Blocking, takeTogether } from './blocking.ts';
import { enumerate } from './enumerate.ts';

const FEWEST_PORTS = 5;
/** Shares of the range, from the highest. */
const SEVERITIES: readonly [share: number, severity: Severity][] = [
  [0.5, 'critical'],
  [0.1, 'warning'],
  [0.01, 'info'],
];

const WHAT_IT_MEANS =
  'connect() leaves out a port that a socket is bound to, at whatever address: every lane of the namespace has that many slots fewer, as long as the socket is there.';
const WHAT_IDLE_MEANS =
  'A port that is bound and idle neither listens nor is connected: often the program forgot to close the socket, or has bound it in advance.';

/** Listeners, and sockets that are bound and idle, take a noticeable part of the range; or no port of it is usable. */
export const portsBlocked: Rule = {
  code: 'ports-blocked',
  *examine({ namespace }) {
    const { blockers, size, usable } = namespace.ports;
    const all = takeTogether(blockers, ['listener', 'bound-idle']).ports.size;
    if (usable <= 0) yield finding('critical', all, namespace);
    else if (all >= FEWEST_PORTS) {
      const reached = SEVERITIES.find(([share]) => all >= share * size);
      if (reached !== undefined) yield finding(reached[1], all, namespace);
    }
  },
};

function finding(severity: Severity, all: number, { ports }: NamespaceReport): Finding {
  const { size, reserved, usable, blockers } = ports;
  const idle = takeTogether(blockers, ['bound-idle']);
  const listeners = takeTogether(blockers, ['listener']);
  const pool = takeTogether(blockers, ['bound-before-connect']);
  const bothPorts = [...pool.ports].filter((port) => idle.ports.has(port) || listeners.ports.has(port)).length;
  const poolOnly = pool.ports.size - bothPorts;
  const share = all / size;
  return {
    severity,
    lane: null,
    summary:
      usable <= 0
        ? nothingLeft(ports, idle, listeners, { pool, count: poolOnly })
        : summary(ports, all, idle, listeners),
    explanation: idle.ports.size > 0 ? `${WHAT_IT_MEANS} ${WHAT_IDLE_MEANS}` : WHAT_IT_MEANS,
    evidence: {
      ...{ blocked: all, shareOfRange: Number(share.toFixed(6)), rangeSize: size, reserved, usable },
      ...{ boundIdle: idle.ports.size, boundIdleProcesses: idle.processes },
      ...{ listeners: listeners.ports.size, listenerProcesses: listeners.processes },
      boundBeforeConnect: poolOnly,
    },
    remedies: [
      ...(idle.ports.size > 0 ? [closeWhatLeaks] : []),
      ...(usable <= 0 && pool.ports.size > 0 ? [bindAddressNoPort] : []),
      // Another address has the same ports: it multiplies what is usable, and nothing is.
      ...(usable > 0 ? [widerRange, moreSourceAddresses] : [widerRange]),
    ],
    unhelpful: [],
  };
}

function summary({ size }: NamespaceReport['ports'], all: number, idle: Blocking, listeners: Blocking): string {
  return `${formatCount(all)} of ${plural(size, 'port')} of the range (${formatShare(all / size)}) are blocked for every lane: ${whoBlocks(idle, listeners)}.`;
}

function nothingLeft(
  { size, reserved }: NamespaceReport['ports'],
  idle: Blocking,
  listeners: Blocking,
  { pool, count }: { readonly pool: Blocking; readonly count: number },
): string {
  const who = [
    reserved > 0 ? `${formatCount(reserved)} reserved` : '',
    whoBlocks(idle, listeners),
    count > 0 ? `${formatCount(count)} bound before connect${by(pool)}` : '',
  ].filter((part) => part !== '');
  return `None of the ${plural(size, 'port')} of the range is usable (${enumerate(who)}): connect() fails with EADDRNOTAVAIL for every new lane.`;
}

function whoBlocks(idle: Blocking, listeners: Blocking): string {
  const groups = [
    { blocking: idle, what: 'bound and idle' },
    { blocking: listeners, what: 'listened on' },
  ];
  return enumerate(
    groups
      .filter(({ blocking }) => blocking.ports.size > 0)
      .sort((a, b) => b.blocking.ports.size - a.blocking.ports.size)
      .map(({ blocking, what }) => `${formatCount(blocking.ports.size)} ${what}${by(blocking)}`),
  );
}

function by({ processes }: Blocking): string {
  const owner = describeOwner(processes);
  return owner === null ? '' : ` by ${owner}`;
}
