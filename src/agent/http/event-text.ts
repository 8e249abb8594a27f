import type { Findings } from '../agent-view.ts';
import type { LaneSample, NamespaceSample, OtherLanes, Sample } from '../sample.ts';
import type { HttpLimits } from './http-limits.ts';

/** What an event leaves out, so that it stays short. */
export interface LeftOut {
  /** Namespaces that are not in it at all: the fullest are. */
  readonly namespaces: number;
  /** Lanes of the namespaces in it, beyond those of the sample's own limit: they are counted in `other` and `lanesOmitted`. */
  readonly lanes: number;
  /** Blockers of ports and counted lanes of the namespaces in it. */
  readonly blockers: number;
  readonly counted: number;
}

/** The event `sample`: the sample and `leftOut`. One text for all that read it. */
export function sampleEvent(sample: Sample, limits: HttpLimits): Buffer {
  const { namespaces, ...rest } = sample;
  const shortened = namespaces.map((one) => shorten(one, limits.eventLanes));
  const utilization = (index: number): number => namespaces[index]?.lanes[0]?.utilization ?? 0;
  const fullestFirst = [...namespaces.keys()].sort((a, b) => utilization(b) - utilization(a) || a - b);
  const texts = thoseThatFit(fullestFirst, limits.sampleEventBytes, (index) => shortened[index]?.namespace);
  const listed = [...texts.keys()].map((index) => shortened[index]?.leftOut);
  const leftOut: LeftOut = {
    namespaces: namespaces.length - texts.size,
    lanes: sum(listed.map((one) => one?.lanes ?? 0)),
    blockers: sum(listed.map((one) => one?.blockers ?? 0)),
    counted: sum(listed.map((one) => one?.counted ?? 0)),
  };
  return eventText('sample', { ...rest, leftOut }, 'namespaces', texts);
}

/** The event `findings`: the worst that fit, and how many were left out. */
export function findingsEvent({ takenAt, findings }: Findings, limits: HttpLimits): Buffer {
  const texts = thoseThatFit([...findings.keys()], limits.findingsEventBytes, (index) => findings[index]);
  return eventText('findings', { takenAt, leftOut: { findings: findings.length - texts.size } }, 'findings', texts);
}

/** JSON has no line breaks of its own, so one line of data holds it. */
function eventText(name: string, head: object, listName: string, texts: ReadonlyMap<number, string>): Buffer {
  const inOrder = [...texts].sort(([a], [b]) => a - b).map(([, text]) => text);
  const json = `${JSON.stringify(head).slice(0, -1)},"${listName}":[${inOrder.join()}]}`;
  return Buffer.from(`event: ${name}\ndata: ${json}\n\n`);
}

/** The JSON of the first of an order that fit together; the very first one always. */
function thoseThatFit(
  order: readonly number[],
  mostBytes: number,
  itemOf: (index: number) => unknown,
): ReadonlyMap<number, string> {
  const texts = new Map<number, string>();
  let bytes = 0;
  for (const index of order) {
    const text = JSON.stringify(itemOf(index));
    bytes += Buffer.byteLength(text) + 1;
    if (bytes > mostBytes && texts.size > 0) break;
    texts.set(index, text);
  }
  return texts;
}

interface Shortened {
  readonly namespace: NamespaceSample;
  readonly leftOut: Omit<LeftOut, 'namespaces'>;
}

function shorten(namespace: NamespaceSample, most: number): Shortened {
  const { lanes, counted, ports, lanesOmitted } = namespace;
  const left = lanes.slice(most);
  const leftOut = {
    lanes: left.length,
    blockers: Math.max(0, ports.blockers.length - most),
    counted: Math.max(0, (counted?.length ?? 0) - most),
  };
  return {
    namespace: {
      ...namespace,
      ports: { ...ports, blockers: ports.blockers.slice(0, most) },
      counted: counted === null ? null : counted.slice(0, most),
      lanes: lanes.slice(0, most),
      lanesOmitted: lanesOmitted + left.length,
      other: left.reduce(withLane, namespace.other),
    },
    leftOut,
  };
}

function withLane(other: OtherLanes, lane: LaneSample): OtherLanes {
  return {
    lanes: other.lanes + 1,
    slots: other.slots + lane.slots,
    used: other.used + lane.used,
    live: other.live + lane.live,
    timeWait: other.timeWait + (lane.states.TIME_WAIT ?? 0),
    reclaimable: sumOfKnown(other.reclaimable, lane.reclaimable),
    closes: sumOfKnown(other.closes, lane.closes),
    refusedConnects: sumOfKnown(other.refusedConnects, lane.refusedConnects),
  };
}

function sumOfKnown(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
