import type { LaneReport, NamespaceReport, Report } from '../diagnosis/report.ts';
import { formatEndpoint } from '../tcp/lane.ts';
import { plural } from '../tcp/number-text.ts';
import { fullness as laneFullness } from './text/lane-table.ts';

/** Lanes of a report that have their slots together: one, or all of a source whose sockets are bound before they connect. */
export interface LaneGroup {
  /** `10.0.0.5 → 10.0.1.9:8080`; no two have the same. */
  readonly name: string;
  /** With the namespace before it, where there are several. */
  readonly source: string;
  /** Of several lanes how many they are. */
  readonly destination: string;
  readonly namespace: NamespaceReport;
  readonly first: LaneReport;
  /** One at least. */
  readonly lanes: readonly LaneReport[];
  readonly slots: number;
  /** How full at most, 0 to 1. */
  readonly fullness: number;
}

/** All lanes of a report, the fullest first. */
export function groupLanes({ namespaces }: Report): readonly LaneGroup[] {
  const names = new Set<string>();
  return namespaces
    .flatMap((namespace) => {
      const prefix = namespaces.length > 1 ? `${namespaceName(namespace)}: ` : '';
      return [...lanesTogether(namespace)].map((lanes) => groupOf(lanes, namespace, prefix, names));
    })
    .sort((a, b) => b.fullness - a.fullness);
}

function namespaceName({ name, holder, inode }: NamespaceReport): string {
  if (name !== null) return name;
  return holder === null ? `namespace ${inode ?? 'of unknown inode'}` : `${holder.name} ${holder.pid}`;
}

function lanesTogether({ lanes }: NamespaceReport): Iterable<[LaneReport, ...LaneReport[]]> {
  const groups = new Map<LaneReport | string, [LaneReport, ...LaneReport[]]>();
  for (const lane of lanes) {
    const key = lane.pool === 'source' ? lane.source : lane;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [lane]);
    else group.push(lane);
  }
  return groups.values();
}

function groupOf(
  lanes: readonly [LaneReport, ...LaneReport[]],
  namespace: NamespaceReport,
  prefix: string,
  names: Set<string>,
): LaneGroup {
  const [first] = lanes;
  const source = `${prefix}${first.source}`;
  const destination = lanes.length === 1 ? describeDestination(first) : plural(lanes.length, 'destination');
  const name = unlike(`${source} → ${destination}`, names);
  names.add(name);
  const used = lanes.reduce((sum, lane) => sum + lane.used, 0);
  const slots = lanes.length === 1 ? first.slots : sharedSlots(lanes, used, namespace);
  const fullness = lanes.length === 1 ? laneFullness(first) : Math.min(1, used / Math.max(1, slots));
  return { name, source, destination, namespace, first, lanes, slots, fullness };
}

/** Lanes that differ by their device alone are lanes of their own. */
function describeDestination({ source, destination, port, device }: LaneReport): string {
  const isNamed = device === null || source.includes('%') || destination.includes('%');
  return `${formatEndpoint(destination, port)}${isNamed ? '' : ` on ${device}`}`;
}

function unlike(name: string, names: ReadonlySet<string>): string {
  let unique = name;
  for (let number = 2; names.has(unique); number += 1) unique = `${name} (${number})`;
  return unique;
}

/** A lane of a shared pool has for its slots what it holds itself, and what none of them holds. */
function sharedSlots(lanes: readonly LaneReport[], used: number, { ports }: NamespaceReport): number {
  const free = Math.min(...lanes.map((lane) => lane.slots - lane.used));
  return Math.min(ports.size - ports.reserved, used + Math.max(0, free));
}
