import type { LaneReport, NamespaceReport, Report } from '../diagnosis/report.ts';
import type { Tier, Topology } from '../plan/topology.ts';
import { FourtupleError } from '../tcp/error.ts';
import { plural } from '../tcp/number-text.ts';
import { groupLanes, type LaneGroup } from './plan-lane-groups.ts';
import { type LaneLoad, loadOf } from './plan-lane-load.ts';
import { noteDoubts, noteOmitted, reportNotes, warnOfFull } from './plan-report-notes.ts';
import { standInPorts } from './stand-in-ports.ts';

/** More would not be read. */
const MOST_TIERS = 20;

/** A machine as it is, as a topology. */
export interface MachineTopology {
  readonly topology: Topology;
  /** What matters more than the plan. */
  readonly warnings: readonly string[];
  /** What is not known, or left out, one or two sentences each. */
  readonly notes: readonly string[];
  /** Names of the tiers whose lanes have no cliff, or none that is known. */
  readonly withoutCliff: ReadonlySet<string>;
}

/**
 * A tier for each of the fullest lanes of a report, the fullest first; for lanes that share their slots a single one.
 *
 * @param name of the report, for messages
 * @throws FourtupleError FT_REPORT where it has no lane
 */
export function planOfReport(report: Report, name: string): MachineTopology {
  for (const { ports } of report.namespaces) checkRange(ports, name);
  const groups = groupLanes(report);
  const planned = groups.slice(0, MOST_TIERS).map((group) => ({ group, load: loadOf(group) }));
  const omitted = report.namespaces.reduce((sum, { lanesOmitted }) => sum + lanesOmitted, 0);
  if (planned.length === 0) throw noLane(name, omitted);
  const firstPass = new Map(report.namespaces.map((namespace) => [namespace, firstPassOf(namespace)]));
  const left = groups.slice(MOST_TIERS).reduce((sum, { lanes }) => sum + lanes.length, 0);
  return {
    topology: { tiers: planned.map(({ group, load }) => tierOf(group, load, firstPass.get(group.namespace) ?? 0)) },
    warnings: warnOfFull(planned),
    notes: [
      ...noteDoubts(planned),
      ...reportNotes(new Set(planned.map(({ group }) => group.namespace))),
      ...noteOmitted(planned.length, left, omitted),
    ],
    withoutCliff: new Set(groups.filter(({ first }) => first.cliffAt === null).map((group) => group.name)),
  };
}

function checkRange({ low, high }: NamespaceReport['ports'], name: string): void {
  if (low >= 1 && low <= high) return;
  throw new FourtupleError('FT_REPORT', `${name}: ${low}-${high} is no range of ports`);
}

function noLane(name: string, omitted: number): FourtupleError {
  const [message, hint] =
    omitted === 0
      ? [
          `${name} has no lane: no connection held a port of the range when it was taken`,
          'Take it while connections are open, or say what will be: fourtuple plan --rate 500 --hold 50ms.',
        ]
      : [
          `${name} lists no lane: it leaves out ${plural(omitted, 'lane')}`,
          'Take it again: fourtuple status --json --top all.',
        ];
  return new FourtupleError('FT_REPORT', message, { hint });
}

function tierOf(group: LaneGroup, { traffic, times }: LaneLoad, firstPass: number): Tier {
  const { name, source, destination, namespace, lanes, first, slots } = group;
  const { low, high, usable } = namespace.ports;
  const range = { low, high };
  // Ports that are blocked for others and not for this lane, as it holds them itself.
  const own = Math.max(0, slots - usable);
  return {
    name,
    from: { name: source, hosts: 1, addresses: 1 },
    to: { name: destination, hosts: lanes.length, addresses: 1, ports: 1 },
    via: null,
    settings: {
      range,
      reserved: standInPorts(range, slots, Math.min(firstPass + own, first.cliffAt ?? Number.POSITIVE_INFINITY)),
      listening: [],
      boundBeforeConnect: first.pool === 'source',
      ...times,
    },
    traffic,
  };
}

/**
 * How many ports of a namespace connect() tries first. Where a lane is below the cliff it is there that the cliff is; one
 * that is past it has it further off, by what it holds beside them. Half of the usable ports where no lane tells.
 */
function firstPassOf({ lanes, ports }: NamespaceReport): number {
  const cliffs = (some: readonly LaneReport[]): number[] =>
    some.flatMap(({ cliffAt }) => (cliffAt === null ? [] : [cliffAt]));
  const below = cliffs(lanes.filter(({ cliffAt, used }) => cliffAt !== null && used < cliffAt));
  return below.length > 0 ? Math.min(...below) : Math.min(Math.ceil(ports.usable / 2), ...cliffs(lanes));
}
