import type { LaneUse } from '../linux/spread-lane.ts';
import { TICKS } from '../linux/spread-layout.ts';
import type { SpreadMaps } from '../linux/spread-maps.ts';
import { choicesOf, type Spread } from '../tcp/spread.ts';
import type { HeldLane } from './held-slots.ts';
import { nameOf } from './spread-lanes.ts';

/** Of a lane that nobody holds. */
const NONE = new Float64Array(TICKS);

/** What the lanes are taken for, by their indices. */
export type LaneUses = ReadonlyMap<number, LaneUse>;

/** To be asked before the census, for {@link correctCounts}. */
export function lanesInUse(maps: SpreadMaps): LaneUses {
  return new Map(maps.laneIndices().map((index) => [index, maps.readUse(index)]));
}

/**
 * Tells a spread in the kernel how many slots of its lanes are held: what was there before it, and whatever its own counts
 * have got wrong. A lane that nobody holds is corrected too.
 *
 * Connections come and go while the census is taken: a count that it does not contradict is left as it is, for it is the
 * better one.
 *
 * @param lanes as they are held now
 * @param before what they were taken for before that; nothing where nothing has been counted yet
 */
export function correctCounts(
  maps: SpreadMaps,
  spread: Spread,
  lanes: readonly HeldLane[],
  before: LaneUses = new Map(),
): void {
  // A prefix has a lane for each of its addresses, and none of them fills.
  if (choicesOf(spread) === null) return;
  for (const [index, after] of heldByIndex(maps, spread, lanes)) {
    const was = before.get(index);
    if (was === undefined) maps.correct(index, after);
    else correctBy(differenceOf(after[0] as number, was, maps.readUse(index)), { maps, index, after });
  }
}

/** By how much a lane is taken for more than it has, as far as the census can tell. */
function differenceOf(held: number, was: LaneUse, is: LaneUse): number {
  const opened = is.attempts - was.attempts;
  const most = Math.max(was.used, is.used) + opened;
  const least = Math.min(was.used, is.used) - opened;
  return held > most ? held - most : Math.min(0, held - least);
}

function correctBy(
  difference: number,
  { maps, index, after }: { readonly maps: SpreadMaps; readonly index: number; readonly after: Float64Array },
): void {
  if (difference === 0) return;
  const { used } = maps.readUse(index);
  const held = after[0] as number;
  maps.correct(
    index,
    after.map((slots) => slots + used + difference - held),
  );
}

function heldByIndex(maps: SpreadMaps, spread: Spread, lanes: readonly HeldLane[]): Map<number, Float64Array> {
  const choices = spread.kind === 'sources' ? spread.sources.length : spread.over.length;
  const numbers = new Map(
    spread.kind === 'sources'
      ? spread.sources.map(({ address }, number) => [address, number])
      : spread.over.map((endpoint, number) => [nameOf(endpoint), number]),
  );
  const held = new Map<number, Float64Array>();
  for (const { source, destination, after } of lanes) {
    const number = numbers.get(spread.kind === 'sources' ? source : nameOf(destination));
    if (number === undefined) continue;
    const group = maps.groupOf(spread.kind === 'sources' ? destination : spread.from);
    if (group === null) continue;
    const index = group * choices + number;
    const sum = held.get(index);
    // Lanes of several sources to one destination are one choice.
    if (sum === undefined) held.set(index, after.slice());
    else for (const [tick, slots] of after.entries()) sum[tick] = (sum[tick] as number) + slots;
  }
  for (const index of maps.laneIndices()) if (!held.has(index)) held.set(index, NONE);
  return held;
}
