import type { LaneReport, NamespaceReport } from '../../diagnosis/report.ts';
import { describeOwner } from '../../diagnosis/text.ts';
import { formatLane } from '../../tcp/lane.ts';
import { formatCount, formatRate, formatShare, formatWait, plural } from '../../tcp/number-text.ts';
import { fullness } from '../text/lane-table.ts';
import type { Figures, Place } from './figures.ts';
import type { Alarm } from './judge.ts';

/** `10.0.0.5>10.0.1.9:8080 (haproxy 811) in namespace web`: which lane, whose, and where. */
export function describePlace({ namespace, lane }: Place): string {
  const owner = describeOwner(lane.processes) ?? lane.unit;
  return `${formatLane(lane)}${owner === null ? '' : ` (${owner})`} in ${describeNamespace(namespace)}`;
}

export function describeNamespace({ name, inode }: NamespaceReport): string {
  return `namespace ${name ?? inode ?? 'unknown'}`;
}

/** What alerts, in one sentence without its full stop. */
export function describeAlarm(alarm: Alarm, figures: Figures): string {
  switch (alarm.measure) {
    case 'utilization':
      return `${describePlace(alarm.place)} is ${describeFullness(alarm.place.lane)}`;
    case 'seconds':
      return `${describePlace(alarm.place)} is ${describeEnd(alarm.place.lane)}`;
    case 'refusals':
      return describeRefusals(alarm.place, figures);
    case 'perhaps-fuller':
      return `${describePlace(alarm.place)} is at most ${formatShare(fullness(alarm.place.lane))} full: how many of its TIME_WAIT slots connect() can take over is not known`;
    case 'unread':
      return alarm.reason.replace(/\.$/, '');
  }
}

/** `98.9% full: 320 of 28,231 slots free, 27,791 in TIME_WAIT, exhausted in 45 s`. */
export function describeFullness(lane: LaneReport): string {
  if (lane.free !== null && lane.free <= 0) return describeExhausted(lane);
  const share = lane.utilization === null ? `at most ${formatShare(fullness(lane))}` : formatShare(lane.utilization);
  return [`${share} full: ${describeRoom(lane)}`, ...describeHeld(lane), ...describeOutlook(lane)].join(', ');
}

/** `exhausted in 45 s: 10,363 of 28,231 slots free, 639 opened per second`. */
function describeEnd(lane: LaneReport): string {
  if (lane.free !== null && lane.free <= 0) return describeExhausted(lane);
  const wait = `exhausted in ${formatWait(lane.secondsToExhaustion ?? 0)}: ${describeRoom(lane)}`;
  const { opensPerSecond } = lane;
  return opensPerSecond === null ? wait : `${wait}, ${formatRate(opensPerSecond)} opened per second`;
}

function describeExhausted(lane: LaneReport): string {
  const call = lane.pool === 'source' ? 'bind() fails with EADDRINUSE' : 'connect() fails with EADDRNOTAVAIL';
  return [`exhausted: all ${formatCount(lane.slots)} slots are held`, ...describeHeld(lane), call].join(', ');
}

function describeRoom({ free, slots }: LaneReport): string {
  return `${formatCount(free)} of ${plural(slots, 'slot')} free`;
}

function describeHeld({ states }: LaneReport): string[] {
  const waiting = states.TIME_WAIT ?? 0;
  return waiting === 0 ? [] : [`${formatCount(waiting)} in TIME_WAIT`];
}

function describeOutlook({ secondsToExhaustion, settlesAt }: LaneReport): string[] {
  if (secondsToExhaustion !== null) return [`exhausted in ${formatWait(secondsToExhaustion)}`];
  return settlesAt === null ? [] : [`settles at ${formatShare(settlesAt)}`];
}

function describeRefusals(place: Place | null, { refusals }: Figures): string {
  const count = plural(refusals?.count ?? 0, 'connect');
  if (refusals?.summary !== null && refusals?.summary !== undefined) return refusals.summary.replace(/\.$/, '');
  const where = place === null ? '' : `, most of ${describePlace(place)}`;
  return `${count} found no free port${where}`;
}
