import { networkNamespaceCookie } from '../linux/namespace-cookie.ts';
import { inNamespace, type NamespaceHandle } from '../linux/network-namespace.ts';
import type { CountedLane } from '../linux/spread-counts.ts';
import type { SpreadMaps } from '../linux/spread-maps.ts';
import { findSpread } from '../linux/spread-program.ts';
import type { Endpoint } from '../tcp/endpoint.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { Spread } from '../tcp/spread.ts';
import { formatSource, isOneAddress } from '../tcp/spread-source.ts';
import type { OpenSpread } from './open-spreads.ts';
import { namedBy, nameOf } from './spread-lanes.ts';

/** A lane as eBPF counts it; one that no connection was tried on yet has zeros. */
interface LaneCounts {
  /** An address, or the prefix whose addresses are counted as one; null: all sources are. */
  readonly source: string | null;
  readonly destination: string;
  readonly port: number;
  readonly attempts: number;
  readonly refusals: number;
  /** RFC 3339, UTC. */
  readonly since: string;
}

/** What is counted in one network namespace. */
export interface LanesCounted {
  /** null where nothing counts, or it may not be read. */
  readonly lanes: readonly LaneCounts[] | null;
  /** One sentence for each spread whose counts cannot be read. */
  readonly notes: readonly string[];
}

/**
 * What the spreads of a network namespace have counted of its lanes: by whatever process the connections were, so that each
 * of two spreads counts what goes over a lane of both. The one that began first is told.
 *
 * @param spreads the first one first, of any namespace
 */
export function countedLanes(handle: NamespaceHandle, spreads: readonly OpenSpread[]): LanesCounted {
  const lanes = new Map<string, LaneCounts>();
  const notes: string[] = [];
  let counting = 0;
  for (const spread of spreadsIn(handle, spreads)) {
    try {
      const counts = readCounts(handle, spread);
      if (counts === null) continue;
      counting += 1;
      for (const lane of counts) {
        const key = `${lane.source} ${lane.destination} ${lane.port}`;
        if (!lanes.has(key)) lanes.set(key, lane);
      }
    } catch (error) {
      const note = noteOn(error, spread);
      if (note !== null) notes.push(note);
    }
  }
  return { lanes: counting === 0 ? null : [...lanes.values()], notes };
}

/** Of a cgroup the last one: those before it were ended by force, or they would have been in its way. */
function spreadsIn({ inode }: NamespaceHandle, spreads: readonly OpenSpread[]): OpenSpread[] {
  const own = spreads.filter(({ namespace }) => namespace.inode === inode);
  const byPlace = new Map(own.map((spread) => [`${spread.namespace.cookie} ${spread.directory}`, spread]));
  return [...byPlace.values()].sort((a, b) => a.id - b.id);
}

/** Nothing is to be said of a cgroup that has just been removed. */
function noteOn(error: unknown, { id }: OpenSpread): string | null {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENODEV') return null;
  if (!(error instanceof FourtupleError) && code === undefined) throw error;
  const why = error instanceof FourtupleError ? error.message : code;
  return `Attempts and refusals per lane, which entry ${id} of the journal counts, are not known: ${why}.`;
}

/** null where it counts no more: whoever attached it has ended, or its cgroup or its namespace has gone. */
function readCounts(handle: NamespaceHandle, { directory, namespace, since }: OpenSpread): LaneCounts[] | null {
  if (inNamespace(handle, networkNamespaceCookie) !== namespace.cookie) return null;
  const found = findSpread(directory, namespace.cookie);
  if (found === null) return null;
  try {
    return allLanes(found.maps, found.spread).map(({ source, destination, attempts, refusals }) => ({
      source: source ?? prefixOf(found.spread),
      ...{ destination: destination.address, port: destination.port, attempts, refusals, since },
    }));
  } finally {
    found.maps.close();
  }
}

/** A prefix is the only source. */
function prefixOf(spread: Spread): string | null {
  const [first] = spread.kind === 'sources' ? spread.sources : [];
  return first === undefined ? null : formatSource(first);
}

/** Those that are counted, with what was tried on them or not. */
function allLanes(maps: SpreadMaps, spread: Spread): Omit<CountedLane, 'index'>[] {
  const tried = maps.readLanes();
  const known = new Set(tried.map(({ source, destination }) => `${source} ${nameOf(destination)}`));
  const idle = lanesToChoose(maps, spread, tried)
    .filter(({ source, destination }) => !known.has(`${source} ${nameOf(destination)}`))
    .map((lane) => ({ ...lane, attempts: 0, refusals: 0 }));
  return [...tried, ...idle];
}

/** What a connection could choose from, of one source and destination each. */
function lanesToChoose(
  maps: SpreadMaps,
  spread: Spread,
  tried: readonly CountedLane[],
): { readonly source: string | null; readonly destination: Endpoint }[] {
  if (spread.kind === 'destinations') return spread.over.map((destination) => ({ source: null, destination }));
  const destinations = [...tried.map(({ destination }) => destination), ...namedBy(spread)];
  return [...new Map(destinations.map((destination) => [nameOf(destination), destination])).values()]
    .filter((destination) => maps.groupOf(destination) !== null)
    .flatMap((destination) =>
      spread.sources.map((source) => ({ source: isOneAddress(source) ? source.address : null, destination })),
    );
}
