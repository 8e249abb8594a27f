import type { Machine } from '../../remedies/machine.ts';
import { formatCount, plural } from '../../tcp/number-text.ts';
import type { LaneReport, PortsReport, Severity } from '../report.ts';
import type { Finding, Rule } from '../rule.ts';
import { describeLane } from '../text.ts';
import { causesOf, describeHeld, explainHeld, folkloreFor, remediesFor } from './by-cause.ts';
import { describeGroup, groupLanes, type LaneGroup } from './lane-groups.ts';
import { outlookOf } from './lane-outlook.ts';

const SMALL_SHARE = 0.1;

/** No slot of a lane is free; a warning where that depends on what is not known. */
export const laneExhausted: Rule = {
  code: 'lane-exhausted',
  *examine({ namespace, machine }) {
    for (const group of groupLanes(namespace.lanes)) {
      if (isBlockedOut(group.lane, namespace.ports)) continue;
      const outlook = outlookOf(group.lane);
      if (outlook === 'exhausted') yield finding(group, 'critical', namespace.ports, machine);
      else if (outlook === 'perhaps-exhausted') yield finding(group, 'warning', namespace.ports, machine);
    }
  },
};

/** A lane that holds little and finds no usable port at all: `ports-blocked` says so, once for all such lanes. */
function isBlockedOut({ pool, used }: LaneReport, { usable, size }: PortsReport): boolean {
  return pool === 'lane' && usable <= 0 && used < SMALL_SHARE * size;
}

function finding(group: LaneGroup, severity: Severity, ports: PortsReport, machine: Machine): Finding {
  const { lane, others, held } = group;
  const { slots, used, reclaimable, free, pool, opensPerSecond } = lane;
  return {
    severity,
    lane,
    summary: severity === 'critical' ? summary(group) : doubtfulSummary(group),
    explanation: [explainHeld(group, machine), whoIsConcerned(group), ...whyFewSlots(lane, ports)].join(' '),
    evidence: {
      ...{ slots, used, reclaimable, free, states: held.states, pool, lanesThatShare: others, opensPerSecond },
      mainCause: causesOf(held)[0] ?? null,
    },
    remedies: remediesFor(group),
    unhelpful: folkloreFor(group),
  };
}

function summary(group: LaneGroup): string {
  const { lane, held } = group;
  const subject = `${describeGroup(group)} exhausted`;
  if (lane.pool === 'source') {
    return `${subject}: sockets bound before they connect hold ${formatCount(held.used)} ports (${describeHeld(held)}) and leave none, so bind() fails with EADDRINUSE whatever the destination.`;
  }
  const slots = `all ${formatCount(lane.slots)} slots`;
  if (held.states.TIME_WAIT === held.used) {
    return `${subject}: ${slots} are in TIME_WAIT, left by connections that are closed already and belong to no process, so connect() fails with EADDRNOTAVAIL.`;
  }
  return `${subject}: ${slots} are taken (${describeHeld(held)}), so connect() fails with EADDRNOTAVAIL.`;
}

function doubtfulSummary({ lane, held }: LaneGroup): string {
  return `${describeLane(lane)} has all ${formatCount(lane.slots)} slots taken (${describeHeld(held)}): connect() fails with EADDRNOTAVAIL if none can be taken over by tcp_tw_reuse, which is not known here.`;
}

function whoIsConcerned({ lane: { pool, source, destination, port } }: LaneGroup): string {
  return pool === 'source'
    ? `Without IP_BIND_ADDRESS_NO_PORT, bind() chooses the port before the destination is known: all destinations of ${source} share one set of ports.`
    : `Only connections from ${source} to port ${port} of ${destination} are concerned: to other addresses and ports there are slots of their own.`;
}

function whyFewSlots({ slots }: LaneReport, { size, reserved, blocked }: PortsReport): string[] {
  if (slots > size / 2) return [];
  return [
    `It has only ${plural(slots, 'slot')} because, of ${plural(size, 'port')} of the range, ${formatCount(blocked)} are blocked and ${formatCount(reserved)} reserved.`,
  ];
}
