import { legendKind, secondsLeft } from '../agent/port-map.ts';
import { formatCount } from './numbers.ts';

export const KIND_NAMES = {
  live: 'live',
  timeWait: 'TIME_WAIT',
  finWait2: 'FIN_WAIT2, closed here',
  free: 'free',
  blocked: 'blocked',
  reserved: 'reserved',
  outside: 'outside of the range',
} as const;

/** What holds a port: one sentence without a full stop. */
export function describePort(port: number, kind: number, low: number): string {
  return `Port ${port}: ${describeKind(kind)}${describePass(port, kind, low)}`;
}

function describeKind(kind: number): string {
  const left = secondsLeft(kind);
  switch (legendKind(kind)) {
    case 'timeWait':
      if (left === null) return 'in TIME_WAIT, for how long is not known';
      return left === 0 ? 'in TIME_WAIT, free again any moment' : `in TIME_WAIT, free again in ${left} s`;
    case 'live':
      return 'held by a live connection';
    case 'finWait2':
      return 'closed here, and waiting for the other end to close';
    case 'free':
      return 'free';
    case 'blocked':
      return 'blocked: a socket is bound to it, so connect() skips it for every lane';
    case 'reserved':
      return 'reserved (ip_local_reserved_ports)';
    case 'outside':
      return 'outside of the ephemeral range';
  }
}

function describePass(port: number, kind: number, low: number): string {
  const found = legendKind(kind);
  if (found === 'outside' || found === 'reserved' || found === 'blocked') return '';
  return (port - low) % 2 === 0 ? ' · tried in the first pass' : ' · tried in the second pass';
}

/** Which ports connect() tries first, and how many of them it still has. */
export function explainPasses(low: number, firstFree: number, secondFree: number): string {
  const [first, second] = low % 2 === 0 ? ['even', 'odd'] : ['odd', 'even'];
  if (firstFree === 0 && secondFree === 0) return 'No port of either pass is free.';
  if (firstFree === 0) {
    return `Past the cliff: no ${first} port is free, so each connect() tries all of them in vain before it takes one of the ${formatCount(secondFree)} ${second} ones.`;
  }
  return `connect() tries the ${first} ports first, hence the stripes: ${formatCount(firstFree)} of them are free. When they are gone, it still finds ${formatCount(secondFree)} ${second} ones, but slowly: that is the cliff.`;
}
