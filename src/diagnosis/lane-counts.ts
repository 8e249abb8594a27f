import type { Census } from '../census/census.ts';
import type { LaneUse } from '../census/lane-use.ts';
import { parseAddress, withoutZone } from '../tcp/address.ts';
import { parseAddressBlock } from '../tcp/address-block.ts';
import { type LanePattern, matchesLane } from '../tcp/lane-pattern.ts';
import type { CountedLaneReport, LaneReport } from './report.ts';

/** What is counted of one lane. */
type Counts = Pick<LaneReport, 'attempts' | 'refusals'>;

const NOT_COUNTED: Counts = { attempts: null, refusals: null };

/** Finds what is counted of the lanes of a census. */
export class LaneCounts {
  readonly #census: Census;
  /** By both ends. */
  readonly #single = new Map<string, CountedLaneReport>();
  /** By the destination: those of several sources together. */
  readonly #several = new Map<string, CountedLaneReport[]>();
  readonly #alone = new Map<CountedLaneReport, boolean>();

  constructor(census: Census, counted: readonly CountedLaneReport[]) {
    this.#census = census;
    for (const row of counted) {
      const { source, destination, port } = row;
      if (isOneSource(source)) this.#single.set(keyOf(source, destination, port), row);
      else {
        const key = keyOf('', destination, port);
        this.#several.set(key, [...(this.#several.get(key) ?? []), row]);
      }
    }
  }

  /** What is counted of a lane alone. */
  of({ source, destination, port, device }: LaneUse): Counts {
    if (this.#single.size + this.#several.size === 0) return NOT_COUNTED;
    const [from, to] = [withoutZone(source), withoutZone(destination)];
    const single = this.#single.get(keyOf(from, to, port));
    // Sockets are counted whatever device they are bound to; most are bound to none.
    if (single !== undefined) return device === null || this.#isAlone(single) ? countsOf(single) : NOT_COUNTED;
    const address = parseAddress(from);
    const row = this.#several
      .get(keyOf('', to, port))
      ?.find((one) => matchesLane(patternOf(one), address, parseAddress(to), port));
    return row !== undefined && this.#isAlone(row) ? countsOf(row) : NOT_COUNTED;
  }

  /** Whether a single lane of the census is among those that are counted together. */
  #isAlone(row: CountedLaneReport): boolean {
    const known = this.#alone.get(row) ?? this.#census.countMatching(patternOf(row)) === 1;
    this.#alone.set(row, known);
    return known;
  }
}

/**
 * As it is reported: those that a connection was tried on, and that match; most refusals first.
 *
 * @param pattern undefined for all
 */
export function reportCounted(
  counted: readonly CountedLaneReport[],
  pattern: LanePattern | undefined,
): CountedLaneReport[] {
  return counted
    .filter((row) => row.attempts > 0 && (pattern === undefined || mayMatch(row, pattern)))
    .sort((a, b) => b.refusals - a.refusals || b.attempts - a.attempts);
}

/**
 * What was tried and refused in sum. A connection may have been counted twice, by itself and among those of all sources: it
 * is one.
 */
export function sumCounted(rows: readonly CountedLaneReport[]): { attempts: number; refusals: number } {
  const sums = { attempts: 0, refusals: 0 };
  for (const field of ['attempts', 'refusals'] as const) {
    const byDestination = new Map<string, [bySource: number, ofAll: number]>();
    for (const { source, destination, port, [field]: count } of rows) {
      const key = keyOf('', destination, port);
      const [bySource, ofAll] = byDestination.get(key) ?? [0, 0];
      byDestination.set(key, source === null ? [bySource, ofAll + count] : [bySource + count, ofAll]);
    }
    for (const counts of byDestination.values()) sums[field] += Math.max(...counts);
  }
  return sums;
}

/** Of several sources together, any may be the one that is meant. */
function mayMatch({ source, destination, port }: CountedLaneReport, pattern: LanePattern): boolean {
  const to = parseAddress(destination);
  return matchesLane(pattern, isOneSource(source) ? parseAddress(source) : pattern.source.address, to, port);
}

function countsOf({ attempts, refusals }: CountedLaneReport): Counts {
  return { attempts, refusals };
}

function patternOf({ source, destination, port }: CountedLaneReport): LanePattern {
  return { source: parseAddressBlock(source ?? '*'), destination: parseAddressBlock(destination), port };
}

function isOneSource(source: string | null): source is string {
  return source !== null && !source.includes('/');
}

function keyOf(source: string, destination: string, port: number): string {
  return `${source} ${destination} ${port}`;
}
